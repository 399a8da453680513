import { quote, sparkLiteral } from "../../iceberg/names.ts";
import type { DataType } from "../../spark/protocol/types.ts";
import { ddl } from "../../spark/protocol/types.ts";
import type { MetastoreTable } from "../metastore/metastore.ts";

/** How the text files of a table are cut into values. */
export interface TextFormat {
  delimiter: string;
  /** The word for a value that is missing. */
  missing: string;
  encoding?: string;
}

/** The format of a table's text files, or what about it is read by Hive alone. */
export function textFormat({
  serdeProperties: properties,
  properties: more,
}: MetastoreTable): TextFormat | { why: string } {
  const escaping = properties["escape.delim"];
  if (escaping) return { why: `its values are escaped by ${JSON.stringify(escaping)}` };
  if ((properties["line.delim"] ?? "\n") !== "\n") return { why: "its lines end in a sign of their own" };
  if (Number(more["skip.header.line.count"] ?? 0) + Number(more["skip.footer.line.count"] ?? 0) > 0)
    return { why: "Hive leaves lines of its files out" };
  const delimiter = properties["field.delim"] ?? properties["serialization.format"] ?? "\u0001";
  const encoding = properties["serialization.encoding"];
  return {
    delimiter: /^\d+$/.test(delimiter) ? String.fromCharCode(Number(delimiter)) : delimiter,
    missing: properties["serialization.null.format"] ?? "\\N",
    ...(encoding && { encoding }),
  };
}

/** What a value of a type must look like so that Hive and Spark read it alike. Text is anything. */
const FORMS: Partial<Record<DataType["kind"], string>> = {
  ...{ byte: "-?[0-9]+", short: "-?[0-9]+", integer: "-?[0-9]+", long: "-?[0-9]+" },
  decimal: "-?[0-9]+([.][0-9]*)?",
  ...{ float: "-?[0-9]+([.][0-9]+)?(E-?[0-9]+)?", double: "-?[0-9]+([.][0-9]+)?(E-?[0-9]+)?" },
  boolean: "(?i)true|false",
  date: "[0-9]{4}-[0-9]{2}-[0-9]{2}",
};

/** Whether values of a type can be read from text here. */
export function isTextType({ kind }: DataType): boolean {
  return kind === "string" || FORMS[kind] !== undefined;
}

/** The columns of a line as Spark SQL, and how many of its values are of no form that both sides read alike. */
export function readHiveText(
  columns: readonly { name: string; type: DataType }[],
  { delimiter, missing }: TextFormat,
): { select: string[]; odd: string } {
  const parts = `split(value, ${sparkLiteral(`\\Q${delimiter}\\E`)}, -1)`;
  const values = columns.map(({ type }, i) => {
    const text = `nullif(get(${parts}, ${i}), ${sparkLiteral(missing)})`;
    return type.kind === "string" ? { text, value: text } : { text, value: `cast(${text} as ${ddl(type)})` };
  });
  const odd = values.flatMap(({ text, value }, i) => {
    const form = FORMS[columns[i]?.type.kind ?? "string"];
    // Counts text that Hive and Spark might read differently, or that is no value of the type.
    return form
      ? [`if(${text} is not null and (not ${text} rlike ${sparkLiteral(`^(${form})$`)} or ${value} is null), 1, 0)`]
      : [];
  });
  return {
    select: values.map(({ value }, i) => `${value} as ${quote(columns[i]?.name ?? "")}`),
    odd: odd.length > 0 ? odd.join(" + ") : "0",
  };
}
