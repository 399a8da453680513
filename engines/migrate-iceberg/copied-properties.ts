import { reservedNames, type TableColumn, unsupportedType } from "../../connectors/iceberg/layout/columns.ts";
import type { JobError } from "../../core/jobs/outcome.ts";
import { whyUnfit } from "./unfit.ts";

/** Properties that say where a table lies or what it was, not how it is to be kept. */
const LEFT =
  /^(format|format-version|gc\.enabled|snapshot|location|provider|owner|sort-order|identifier-fields|comment|uuid|(previous_)?metadata_location|table_type|storage_handler|EXTERNAL|external\.table\.purge)$|^current-snapshot-|^portal\.|\.path$|^schema\.name-mapping|^write\.(format\.default|distribution-mode|delete\.format\.default)$/;

/** The properties that the copy of a table keeps, and in words what is different about it. Parquet and format 2 are set: Snowflake reads nothing else. */
export function keptProperties(
  properties: Readonly<Record<string, string>>,
  { columns, summary = {} }: { columns: readonly TableColumn[]; summary?: Readonly<Record<string, string>> },
): { properties: Record<string, string>; notes: string[] } {
  const wanted = Object.entries(properties).filter(([key]) => !LEFT.test(key));
  const unfit = new Map(wanted.map(([key, value]) => [key, whyUnfit(key, value, columns)]));
  // The level was meant for the codec that is not kept.
  const isWithoutCodec = (key: string) => !!unfit.get(key.replace(/compression-level$/, "compression-codec"));
  const carried = wanted.filter(
    ([key]) => !unfit.get(key) && !(key.endsWith("compression-level") && isWithoutCodec(key)),
  );
  const version = properties["format-version"];
  const format = properties["write.format.default"];
  const deletes = Number(summary["total-delete-files"] ?? 0);
  const notes = [
    version && version !== "2" && `format version ${version} becomes 2`,
    format && format !== "parquet" && `${format} files become Parquet`,
    deletes > 0 && `${deletes} delete ${deletes === 1 ? "file is" : "files are"} applied: the copy has none`,
    properties["write.data.path"] && "its own data path is not kept",
    ...wanted.map(([key, value]) => unfit.get(key) && `${key} = ${value} is left out: ${unfit.get(key)}`),
  ];
  return {
    properties: { ...Object.fromEntries(carried), "write.format.default": "parquet" },
    notes: notes.filter(note => typeof note === "string"),
  };
}

/** Why the columns can't be held by format 2; undefined if they can. */
export function typeRefusal(table: string, columns: readonly TableColumn[]): JobError | undefined {
  const bad = columns.flatMap(column => {
    const type = unsupportedType(column.source);
    return type ? [`${column.name} (${type})`] : [];
  });
  const names = reservedNames(columns);
  if (names.length > 0)
    return {
      message: `Iceberg keeps the ${names.length === 1 ? "name" : "names"} ${names.join(", ")} of ${table} for itself: no reader finds such a column.`,
      hint: "Make a table with other column names from it, and migrate that.",
    };
  if (bad.length === 0) return undefined;
  return {
    message: `${bad.join(", ")} of ${table} needs Iceberg's format version 3, which Snowflake does not read from Azure.`,
    hint: "Make a table without that column, or with the column cast, and migrate that.",
  };
}
