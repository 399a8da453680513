import { ddl } from "../spark/types.ts";
import { literal, quote } from "../tables/names.ts";
import type { CsvColumn } from "./columns.ts";
import type { Dialect } from "./dialect.ts";
import { PART_NAME } from "./parts.ts";

/** The columns that a staged record has beside its own. */
export const STAGED = { record: "__record", problem: "__problem", text: "__text" } as const;

/** How Spark is told to read a file: every column as text, and the whole record where its fields do not fit. */
export function viewStatement(view: string, uri: string, width: number, dialect: Dialect): string {
  const columns = Array.from({ length: width }, (_, at) => `c${at} string`);
  return `create or replace temporary view ${quote(view)} (${columns.join(", ")}, bad string) using csv options (${options(uri, dialect)})`;
}

/** The first record of a file that only Spark reaches. */
export function firstRecordView(view: string, uri: string, dialect: Dialect): string {
  return `create or replace temporary view ${quote(view)} using csv options (${options(uri, { ...dialect, header: false })})`;
}

function options(uri: string, { delimiter, quote: sign, header, encoding, lineEnd }: Dialect): string {
  const pairs = {
    path: uri,
    sep: delimiter,
    quote: sign,
    escape: sign,
    header: String(header),
    encoding,
    multiLine: "true",
    mode: "PERMISSIVE",
    columnNameOfCorruptRecord: "bad",
    // A quoted empty field is an empty text, one without quotes is null: they differ only if null is something else.
    nullValue: NULL,
    emptyValue: "",
    // Where it has to find them out, Spark writes all line breaks in quotes anew.
    ...(lineEnd && { lineSep: lineEnd === "CRLF" ? "\r\n" : "\n" }),
  };
  return Object.entries(pairs)
    .map(([key, value]) => `${key} ${literal(value)}`)
    .join(", ");
}

const NULL = "\u0001null\u0001";

/**
 * Each record with its number from 0, its values in the types they shall have, and what is wrong with it. The number
 * holds as long as one task reads a file, as Spark does with line breaks in quotes, and no task reads two.
 */
export function stageSelect(
  view: string,
  columns: readonly CsvColumn[],
  header: readonly string[] | undefined,
  isCut = false,
): string {
  const values = columns.map(column => `if(problem is null, ${typed(column)}, null) as ${quote(column.name)}`);
  const width = header ?? columns.map(({ from }) => from);
  const all = width.map((_, at) => `c${at}`).join(", ");
  return `select number as ${STAGED.record}, problem as ${STAGED.problem},
    if(problem is null, null, coalesce(bad, to_csv(struct(${all})))) as ${STAGED.text}, ${values.join(", ")}
    from (select ${isCut ? IN_PARTS : "monotonically_increasing_id()"} as number, *, ${problemOf(columns, header)} as problem from ${quote(view)})`;
}

// A task counts from a number of its own, above its 33rd bit; a part bears the number of its first record.
const IN_PARTS = `(monotonically_increasing_id() & ${2 ** 33 - 1}L) + cast(left(right(input_file_name(), ${PART_NAME + 4}), ${PART_NAME}) as bigint)`;

function problemOf(columns: readonly CsvColumn[], header: readonly string[] | undefined): string {
  const cases = [
    `when bad is not null then ${literal(FIELDS)}`,
    ...(header
      ? [
          `when ${header.map((name, at) => `trim(c${at}) <=> ${literal(name)}`).join(" and ")} then 'this is the header again'`,
        ]
      : []),
    ...columns.flatMap(wrong),
  ];
  return `case ${cases.join(" ")} end`;
}

/** What is said of a record whose number of fields is another than the header's. */
export const FIELDS = "the number of its fields is not that of the columns";

function wrong(column: CsvColumn): string[] {
  const { at, name, type, length, required, key } = column;
  const value = `c${at}`;
  const says = (text: string) => `concat(${literal(`${name}: `)}, ${text})`;
  const given = `${value} is not null and ${value} <> ''`;
  const cut = `left(${value}, 60)`;
  return [
    ...(key || required
      ? [
          `when ${value} is null${key || type.kind !== "string" ? ` or ${value} = ''` : ""} then ${says("'it is empty'")}`,
        ]
      : []),
    ...(length === undefined
      ? []
      : [`when length(${value}) > ${length} then ${says(`length(${value}), ' characters, ${length} at most'`)}`]),
    ...(type.kind === "string"
      ? []
      : [`when ${given} and ${typed(column)} is null then ${says(`'"', ${cut}, '" is no ${ddl(type)}'`)}`]),
    // Spark would round what has more places.
    ...(type.kind === "decimal"
      ? [
          `when ${given} and ${typed(column)} <> try_cast(${value} as decimal(38,${Math.min(18, type.scale + 9)})) then ${says(`'"', ${cut}, '" has more than ${type.scale} places'`)}`,
        ]
      : []),
  ];
}

function typed({ at, type }: CsvColumn): string {
  return type.kind === "string" ? `c${at}` : `try_cast(c${at} as ${ddl(type)})`;
}
