import { formatOf, type HiveTable, isTransactional } from "../../connectors/iceberg/describe.ts";
import { reservedNames, unsupportedType } from "../../connectors/iceberg/layout/columns.ts";
import { quote } from "../../connectors/iceberg/names.ts";
import { describeSparkError, withCauses } from "../../connectors/spark/describe-error.ts";
import type { SparkError } from "../../connectors/spark/errors.ts";
import type { DataType } from "../../connectors/spark/protocol/types.ts";
import type { JobError } from "../../core/jobs/outcome.ts";
import { castingView } from "./reading/casting-view.ts";
import { skippedLines, unreadableLines } from "./reading/header-lines.ts";

/** Why a Hive table can't be converted, with the way out, before Spark is asked to try; undefined if it can. */
export function refusal(database: string, name: string, table: HiveTable): JobError | undefined {
  // A transactional table is not read by Spark's own client, but by the files that Hive says are valid.
  const unreadable = isTransactional(table)
    ? undefined
    : (ownRefusal(database, name, table) ?? linesRefusal(database, name, unreadableLines(table)));
  if (unreadable) return unreadable;
  if (!/^\w+$/.test(name)) {
    return {
      message: `The lake's Hive catalog allows only letters, digits and _ in a table's name, and ${JSON.stringify(name)} has others.`,
      hint: "Make a view with a plain name over it in Hive, and ingest the view.",
    };
  }
  return undefined;
}

/** Why Spark can't read a table below a view, or reads it otherwise than Hive. */
export function sourceRefusal(database: string, name: string, table: HiveTable): JobError | undefined {
  return ownRefusal(database, name, table) ?? linesRefusal(database, name, skippedLines(table));
}

function ownRefusal(database: string, name: string, table: HiveTable): JobError | undefined {
  const properties = table.table_properties ?? {};
  if (properties.table_type?.toUpperCase() === "ICEBERG" || table.provider?.toLowerCase() === "iceberg") {
    return {
      message: `${name} is an Iceberg table already.`,
      hint: "Use migrate-iceberg to copy it to another catalog.",
    };
  }
  if (isTransactional(table)) {
    return {
      message: `${name} is transactional: Spark reads such a table without complaint, and wrongly.`,
      hint: `Ingest ${name} itself, or copy it in Hive first: create external table ${exportName(name)} stored as orc as select * from ${quote(database)}.${quote(name)}`,
    };
  }
  if (properties.storage_handler) return keptOutside(database, name, properties.storage_handler);
  if (table.columns.length === 0 && table.type !== "VIEW") return classMissing(name, table.serde_library ?? "");
  const foreign = foreignFormat(table);
  if (foreign) return keptAs(database, name, foreign);
  if (formatOf(table) === "unknown format") {
    return {
      message: `${name} has a format that is not known here (${table.serde_library ?? "no SerDe"}).`,
      hint: "Copy it in Hive first into a table stored as parquet.",
    };
  }
  return undefined;
}

function linesRefusal(database: string, name: string, property: string | undefined): JobError | undefined {
  if (!property) return undefined;
  return {
    message: `${name} has the property ${property}: Hive leaves lines of its files out, and Spark would read them as rows.`,
    hint: `Copy it in Hive first: ${copyInHive(database, name)}`,
  };
}

/** Why Spark can't even describe a table or view, with the way out; undefined where it is nothing of the table's own. */
export function describeRefusal(database: string, name: string, error: SparkError): JobError | undefined {
  const text = withCauses(error);
  const handler = /Error in loading storage handler\.?\s*([\w.$]+)/.exec(text)?.[1];
  if (handler) return keptOutside(database, name, handler);
  if (/is hive materialized view/.test(text)) {
    return {
      message: `${name} is a materialized view of Hive, which Spark can't read.`,
      hint: `Ingest the tables that it is made of, or copy it in Hive first: ${copyInHive(database, name)}`,
    };
  }
  const type = /Cannot recognize hive type string: "?([^"]+?)"?,? column: `?([^`\s.]+)`?/i.exec(text);
  if (type) {
    return {
      message: `The column ${type[2]} of ${name} is of the type ${type[1]?.toLowerCase()}, which Spark does not know.`,
      hint: `Copy the other columns in Hive first: create table ${exportName(name)} stored as orc as select … from ${quote(database)}.${quote(name)}`,
    };
  }
  const missing = /ClassNotFoundException:?\s*(?:Class )?([\w.$]+)/.exec(text)?.[1];
  if (missing) return classMissing(name, missing);
  return undefined;
}

/** Why a view can't be read whose tables have changed; undefined where it is something else. */
export function danglingRefusal(name: string, error: SparkError): JobError | undefined {
  if (!/^(TABLE_OR_VIEW_NOT_FOUND|UNRESOLVED_COLUMN|INCOMPATIBLE_VIEW_SCHEMA_CHANGE)/.test(error.errorClass ?? ""))
    return undefined;
  const { message } = describeSparkError(error);
  return {
    message: `The view ${name} can't be read: ${message}`,
    hint: "What it reads was dropped, renamed or changed: correct the view in Hive, or drop it.",
  };
}

/** A class that Spark does not have, and the jar that has it where that is known. */
export function classMissing(name: string, missing: string): JobError {
  const jar = JARS.find(([prefix]) => missing.startsWith(prefix))?.[1];
  return {
    message: `${name} needs the Java class ${missing || "of its SerDe"}, which Spark does not have.`,
    hint: `Add ${jar ?? "the jar that holds it"} to spark.jars of the Spark server, and start it anew.`,
  };
}

const JARS: readonly (readonly [string, string])[] = [
  ["org.apache.hive.hcatalog.", "hive-hcatalog-core.jar, of Hive 2.3,"],
  ["org.openx.data.jsonserde.", "json-serde-with-dependencies.jar (openx)"],
  ["org.apache.hadoop.hive.contrib.", "hive-contrib.jar, of Hive 2.3,"],
  ["org.apache.hadoop.hive.hbase.", "hive-hbase-handler.jar"],
  ["org.apache.hudi.", "the Hudi bundle for Spark"],
  ["com.hadoop.", "hadoop-lzo.jar"],
  ["com.ibm.spss.hive.serde2.xml.", "hivexmlserde.jar"],
  ["com.bizo.hive.serde.csv.", "csv-serde.jar"],
];

function keptOutside(database: string, name: string, handler: string): JobError {
  return {
    message: `${name} is kept outside Hive by the storage handler ${handler}, which Spark can't read.`,
    hint: `Copy it in Hive first: ${copyInHive(database, name)}`,
  };
}

function keptAs(database: string, name: string, inputFormat: string): JobError {
  const format = FORMATS.find(([pattern]) => pattern.test(inputFormat))?.[1];
  return {
    message: `${name} is read in Hive by ${inputFormat}${format ? ` (${format})` : ""}: it decides which of its files count, and Spark would read all of them.`,
    hint: format
      ? `Read it with ${format} itself, or copy it in Hive first: ${copyInHive(database, name)}`
      : `Copy it in Hive first: ${copyInHive(database, name)}`,
  };
}

const FORMATS: readonly (readonly [RegExp, string])[] = [
  [/hudi|hoodie/i, "Hudi"],
  [/delta/i, "Delta Lake"],
  [/iceberg/i, "Iceberg"],
  [/paimon/i, "Paimon"],
  [/carbon/i, "CarbonData"],
];

// Spark's readers of Parquet and ORC, and Hive's own that it has, see no other input format than the usual.
function foreignFormat({
  serde_library = "",
  input_format = "",
  provider = "hive",
  type,
}: HiveTable): string | undefined {
  if (type === "VIEW" || provider !== "hive" || input_format === "") return undefined;
  if (FORMATS.some(([pattern]) => pattern.test(input_format))) return input_format;
  if (!/parquet|orc/i.test(serde_library)) return undefined;
  return USUAL.test(input_format) ? undefined : input_format;
}

const USUAL =
  /^(org\.apache\.hadoop\.hive\.ql\.io\.parquet\.MapredParquetInputFormat|parquet\.hive\.(Deprecated|Mapred)ParquetInputFormat|org\.apache\.hadoop\.hive\.ql\.io\.orc\.OrcInputFormat)$/;

function copyInHive(database: string, name: string): string {
  return `create table ${exportName(name)} stored as orc as select * from ${quote(database)}.${quote(name)}`;
}

/** Why a schema can't be held by Iceberg, with the view that holds the same in other types; undefined if it can. */
export function schemaRefusal(database: string, name: string, schema: DataType): JobError | undefined {
  if (schema.kind !== "struct") return undefined;
  const bad = schema.fields.flatMap(field => {
    const type = unsupportedType(field.type);
    return type ? [{ name: field.name, type }] : [];
  });
  const cast = bad.map(field => field.name);
  const rename = reservedNames(schema.fields);
  if (cast.length + rename.length === 0) return undefined;
  const why = [
    bad.length > 0 &&
      `Iceberg has no type for ${bad.map(field => `${field.name} (${field.type})`).join(", ")} of ${name}.`,
    rename.length > 0 &&
      `Iceberg keeps the ${rename.length === 1 ? "name" : "names"} ${rename.join(", ")} of ${name} for itself.`,
  ];
  const how = [
    cast.length > 0 && "casts such columns to string",
    rename.length > 0 && "gives such columns other names",
  ];
  return {
    message: why.filter(Boolean).join(" "),
    hint: `Make a view in Hive that ${how.filter(Boolean).join(" and ")}, and ingest the view.`,
    sql: castingView([database, name], schema.fields, { cast, rename }),
  };
}

function exportName(name: string): string {
  return quote(`${name}_export`);
}
