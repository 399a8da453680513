import type { HiveTable } from "../../../connectors/iceberg/describe.ts";

const HEADER = "skip.header.line.count";
const FOOTER = "skip.footer.line.count";

/**
 * How many lines Hive leaves out at the start of each file of a table, where they can be left out here too: of lines of text,
 * of which each is a row.
 */
export function headerLinesOf(table: HiveTable): number {
  const found = skipped(table, HEADER);
  return found !== undefined && /^\d+$/.test(found) && isLines(table) ? Number(found) : 0;
}

/** Lines that Hive leaves out and that would be rows here, as the property that says so; undefined where there are none. */
export function unreadableLines(table: HiveTable): string | undefined {
  const header = skipped(table, HEADER);
  if (header !== undefined && headerLinesOf(table) === 0) return `${HEADER}=${header}`;
  const footer = skipped(table, FOOTER);
  return footer === undefined ? undefined : `${FOOTER}=${footer}`;
}

/** Any lines that Hive leaves out, as the property that says so. */
export function skippedLines(table: HiveTable): string | undefined {
  for (const key of [HEADER, FOOTER]) {
    const found = skipped(table, key);
    if (found !== undefined) return `${key}=${found}`;
  }
  return undefined;
}

/**
 * A relation without the first lines of each file. Hive's reader, which Spark has for text, gives each part of a file to a task
 * of its own, and rows are numbered by task: so the first part's first rows are the file's first lines.
 */
export function withoutHeader(relation: string, lines: number): string {
  if (lines === 0) return relation;
  const place = "input_file_block_start() as portal_block, monotonically_increasing_id() & 8589934591L as portal_row";
  return `(select * from (select *, ${place} from ${relation}) where portal_block <> 0 or portal_row >= ${lines})`;
}

/** With this no header is parted: a file's first part has at least these bytes. */
export const WHOLE_HEADER = { "mapreduce.input.fileinputformat.split.minsize": String(64 * 1024 * 1024) };

// Hive looks for them among the properties of the table and of its SerDe; 0 says nothing.
function skipped({ provider = "hive", type, ...table }: HiveTable, key: string): string | undefined {
  if (type === "VIEW" || provider !== "hive") return undefined;
  const found = { ...table.table_properties, ...table.storage_properties }[key]?.trim() ?? "";
  return /^0*$/.test(found) ? undefined : found;
}

function isLines({ input_format = "" }: HiveTable): boolean {
  return input_format === "org.apache.hadoop.mapred.TextInputFormat";
}
