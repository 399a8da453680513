import { crc32 } from "node:zlib";
import type { Session } from "../spark/session.ts";
import { formatOf, type HiveTable } from "./describe.ts";
import { sqlName, type TableName } from "./names.ts";
import { decodePath, isSparks, plainPath, type SourceFiles, spellings } from "./source-files.ts";

/** How a file's name is noted with a row: a number, since a text costs a third of a bare copy. */
export const FILE_MARK = "crc32(input_file_name())";

/**
 * The same for every eighth row of a task, where there are many: to note each takes a tenth of a copy of narrow rows. Files of
 * fewer rows may be missed; who finds one unmarked has to ask for the names.
 */
export const SPARSE_FILE_MARK = `if(monotonically_increasing_id() & 7 = 0, ${FILE_MARK}, null)`;

/** Looks at the files that rows came from, by their marks or, where these are not enough, by their names. */
export type CheckFiles = (marks: readonly string[] | undefined, names: () => Promise<string[]>) => Promise<void>;

/** The names of the files with these marks; undefined where some are of no file that was listed, or of two. */
export function namesByMark(listed: SourceFiles, marks: readonly string[]): string[] | undefined {
  const byMark = new Map<string, string | undefined>();
  for (const name of listed.files)
    for (const spelling of spellings(name)) {
      const mark = String(crc32(spelling));
      byMark.set(mark, byMark.has(mark) && byMark.get(mark) !== name ? undefined : name);
    }
  const names = marks.map(mark => byMark.get(mark));
  return names.every(name => name !== undefined) ? names : undefined;
}

/** The column by which a statement tells the file of a row, while it copies it. */
export const FILE_COLUMN = "portal_source_file";

/** What was read of them, as the proof keeps it. */
export interface FilesRead {
  listed: number;
  read: number;
  /** Files that hold no rows. */
  empty: number;
  unlistedPartitions?: number;
  /** Of a view: how many tables they are of. Rows of a view name no files, so these are the files that Spark planned to read. */
  tables?: number;
  /** Of a view: files of tables below it that Hive's own reader reads, which names none: they were listed, and that is all. */
  unchecked?: number;
}

/** Files that Hive would read were not read, or the reverse. */
export class FilesDiffer extends Error {
  override name = "FilesDiffer";
}

/** Holds the files that rows came from against those that were listed; throws where they are not the same. */
export async function checkFiles(
  session: Session,
  source: { table: HiveTable; listed: SourceFiles; hiveWay: boolean; header?: number },
  observed: readonly string[],
): Promise<FilesRead> {
  const { table, listed, hiveWay } = source;
  if (observed.includes(""))
    throw new FilesDiffer(
      `Spark can't say which files the rows of ${table.input_format ?? "this table"} come from, so nobody knows whether all were read. Copy the table in Hive into a plain one first, and ingest that.`,
    );
  const read = new Set(
    observed.map(file => [plainPath(file), decodePath(file)].find(one => listed.files.has(one)) ?? plainPath(file)),
  );
  const unread = [...listed.files].filter(file => !read.has(file));
  const foreign = [...read].filter(file => !listed.files.has(file));
  const arriving = foreign.filter(file => file.endsWith("._COPYING_"));
  if (arriving.length > 0) throw differ(`Somebody is putting ${countOf(arriving)} into the table`, arriving);
  // Hive's reader finds partitions by itself, also those that were not looked up.
  const wrong =
    listed.isElsewhere && listed.unlisted === 0 ? foreign.filter(file => !listed.isElsewhere?.(file)) : foreign;
  if (wrong.length > 0 && !(hiveWay && listed.unlisted > 0))
    throw differ(`Spark read ${countOf(wrong)} that Hive would not read, or that came while the table was read`, wrong);
  const suspects = unread.length > 0 ? await haveRows(session, source, unread) : [];
  const withRows = suspects.length > 0 && listed.stillIn ? await listed.stillIn(suspects) : suspects;
  if (withRows.length > 0) throw differ(`Hive would read ${countOf(withRows)} that Spark did not read`, withRows);
  const empty = unread.length - suspects.length;
  return {
    ...{ listed: read.size + empty, read: read.size, empty },
    ...(listed.unlisted > 0 && { unlistedPartitions: listed.unlisted }),
  };
}

/** Holds the files that Spark plans to read of the tables below a view against those that were listed. */
export async function checkPlanned(
  session: Session,
  tables: readonly { name: TableName; listed: SourceFiles; isPlanned: boolean }[],
): Promise<FilesRead> {
  for (const { name, listed, isPlanned } of tables) {
    if (!isPlanned) continue;
    const planned = new Set((await session.inputFiles(`select * from ${sqlName(name)}`)).map(decodePath));
    const unread = [...listed.files].filter(file => !planned.has(file));
    if (unread.length > 0)
      throw differ(`Hive would read ${countOf(unread)} of ${name.table} that Spark would not read`, unread);
  }
  const filesOf = (some: typeof tables) => some.reduce((sum, { listed }) => sum + listed.files.size, 0);
  const unchecked = filesOf(tables.filter(({ isPlanned }) => !isPlanned));
  const unlisted = tables.reduce((sum, { listed }) => sum + listed.unlisted, 0);
  return {
    ...{ listed: filesOf(tables), read: filesOf(tables) - unchecked, empty: 0, tables: tables.length },
    ...(unchecked > 0 && { unchecked }),
    ...(unlisted > 0 && { unlistedPartitions: unlisted }),
  };
}

function countOf(files: readonly string[]): string {
  return files.length === 1 ? "one file" : `${files.length} files`;
}

function differ(what: string, files: readonly string[]): FilesDiffer {
  const more = files.length > 5 ? ` and ${files.length - 5} more` : "";
  return new FilesDiffer(`${what}: ${files.slice(0, 5).join(", ")}${more}.`);
}

/** Of files from which no row came, those that must have some. */
async function haveRows(
  session: Session,
  { table, hiveWay, header = 0 }: { table: HiveTable; hiveWay: boolean; header?: number },
  files: readonly string[],
): Promise<string[]> {
  const rows = await session
    .queryFiles("select path, length from files where length > 0", { format: "binaryFile", paths: files })
    .catch(() => files.map(path => ({ path })));
  const filled = rows.map(row => plainPath(String(row.path)));
  const format = formatOf(table).toLowerCase();
  if (filled.length === 0 || (isSparks(table) && !COLUMNAR.test(format))) return [];
  if (COLUMNAR.test(format)) {
    const counted = await session
      .queryFiles("select input_file_name() as file, count(*) as rows from files group by 1", { format, paths: filled })
      .catch(() => undefined);
    if (counted) return counted.map(row => decodePath(String(row.file)));
    // Of another format than the table says: Hive's own reader has opened it.
    return hiveWay ? [] : filled;
  }
  if (header > 0) {
    const lines = "select input_file_name() as file, count(*) as lines from files group by 1";
    const counted = await session.queryFiles(lines, { format: "text", paths: filled });
    return counted.filter(row => Number(row.lines) > header).map(row => decodePath(String(row.file)));
  }
  // A text file that is not empty has a row; other formats have headers.
  return format === "text" ? filled.filter(file => !COMPRESSED.test(file)) : [];
}

const COLUMNAR = /^(parquet|orc)$/;
const COMPRESSED = /\.(gz|bz2|snappy|deflate|lz4|lzo|zst)$/i;
