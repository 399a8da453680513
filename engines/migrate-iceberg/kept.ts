import type { JobError } from "../../jobs/outcome.ts";
import { type Column, unsupportedType } from "../../tables/columns.ts";

/** Properties that say where a table lies or what it was, not how it is to be kept. */
const LEFT =
  /^(format|format-version|gc\.enabled|snapshot|location|provider|owner|sort-order|identifier-fields|comment)$|^current-snapshot-|^portal\.|\.path$|^schema\.name-mapping|^write\.(format\.default|distribution-mode|delete\.format\.default)$/;

/** The properties that the copy of a table keeps, and in words what is different about it. Parquet and format 2 are set: Snowflake reads nothing else. */
export function keptProperties(
  properties: Readonly<Record<string, string>>,
  summary: Readonly<Record<string, string>> = {},
): { properties: Record<string, string>; notes: string[] } {
  const kept = Object.entries(properties).filter(([key]) => !LEFT.test(key));
  const version = properties["format-version"];
  const format = properties["write.format.default"];
  const deletes = Number(summary["total-delete-files"] ?? 0);
  const notes = [
    version && version !== "2" && `format version ${version} becomes 2`,
    format && format !== "parquet" && `${format} files become Parquet`,
    deletes > 0 && `${deletes} delete ${deletes === 1 ? "file is" : "files are"} applied: the copy has none`,
    properties["write.data.path"] && "its own data path is not kept",
  ];
  return {
    properties: { ...Object.fromEntries(kept), "write.format.default": "parquet" },
    notes: notes.filter(note => typeof note === "string"),
  };
}

/** Why the columns can't be held by format 2; undefined if they can. */
export function typeRefusal(table: string, columns: readonly Column[]): JobError | undefined {
  const bad = columns.flatMap(column => {
    const type = unsupportedType(column.source);
    return type ? [`${column.name} (${type})`] : [];
  });
  if (bad.length === 0) return undefined;
  return {
    message: `${bad.join(", ")} of ${table} needs Iceberg's format version 3, which Snowflake does not read from Azure.`,
    hint: "Make a table without that column, or with the column cast, and migrate that.",
  };
}
