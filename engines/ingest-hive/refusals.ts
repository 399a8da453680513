import type { JobError } from "../../jobs/outcome.ts";
import type { DataType } from "../../spark/types.ts";
import { unsupportedType } from "../../tables/columns.ts";
import { formatOf, type HiveTable } from "../../tables/describe.ts";
import { quote } from "../../tables/names.ts";

/** Why a Hive table can't be converted, with the way out, before Spark is asked to try; undefined if it can. */
export function refusal(database: string, name: string, table: HiveTable): JobError | undefined {
  const properties = table.table_properties ?? {};
  if (properties.table_type?.toUpperCase() === "ICEBERG" || table.provider?.toLowerCase() === "iceberg") {
    return {
      message: `${name} is an Iceberg table already.`,
      hint: "Use migrate-iceberg to copy it to another catalog.",
    };
  }
  if (properties.transactional?.toLowerCase() === "true") {
    return {
      message: `${name} is transactional: Spark reads such a table without complaint, and wrongly.`,
      hint: `Copy it in Hive first: create external table ${exportName(name)} stored as orc as select * from ${quote(database)}.${quote(name)}`,
    };
  }
  if (properties.storage_handler) {
    return {
      message: `${name} is kept outside Hive by the storage handler ${properties.storage_handler}, which Spark can't read.`,
      hint: `Copy it in Hive first: create table ${exportName(name)} stored as parquet as select * from ${quote(database)}.${quote(name)}`,
    };
  }
  if (!/^\w+$/.test(name)) {
    return {
      message: `The lake's Hive catalog allows only letters, digits and _ in a table's name, and ${JSON.stringify(name)} has others.`,
      hint: "Make a view with a plain name over it in Hive, and ingest the view.",
    };
  }
  if (formatOf(table) === "unknown format") {
    return {
      message: `${name} has a format that is not known here (${table.serde_library ?? "no SerDe"}).`,
      hint: "Copy it in Hive first into a table stored as parquet.",
    };
  }
  return undefined;
}

/** Why a schema can't be held by Iceberg; undefined if it can. */
export function schemaRefusal(name: string, schema: DataType): JobError | undefined {
  if (schema.kind !== "struct") return undefined;
  const bad = schema.fields.flatMap(field => {
    const type = unsupportedType(field.type);
    return type ? [`${field.name} (${type})`] : [];
  });
  if (bad.length === 0) return undefined;
  return {
    message: `Iceberg has no type for ${bad.join(", ")} of ${name}.`,
    hint: "Make a view in Hive that casts such columns, to string for example, and ingest the view.",
  };
}

function exportName(name: string): string {
  return quote(`${name}_export`);
}
