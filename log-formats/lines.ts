import { literal, quote } from "../tables/names.ts";
import type { LogFile, LogFormat } from "./format.ts";
import { TRACE } from "./traces.ts";

/** Files that are read alike and lie in one folder: one scan of Spark. */
export interface Group {
  format: LogFormat;
  timeZone: string;
  folder: string;
  files: readonly LogFile[];
}

/** Puts files into groups. Throws a sentence where Spark would not read a file by its name. */
export function grouped(files: readonly LogFile[]): Group[] {
  const groups = new Map<string, { format: LogFormat; timeZone: string; folder: string; files: LogFile[] }>();
  for (const file of files) {
    const { folder, base } = placeOf(file.uri);
    if (/^[_.]/.test(base))
      throw new Error(`Spark reads no file whose name begins with _ or a point, as ${base} does: rename it.`);
    const key = JSON.stringify([file.format.name, file.format.key, file.timeZone, folder]);
    const group = groups.get(key) ?? { format: file.format, timeZone: file.timeZone, folder, files: [] };
    group.files.push(file);
    groups.set(key, group);
  }
  return [...groups.values()];
}

/** A file's folder and its name in it. */
export function placeOf(uri: string): { folder: string; base: string } {
  const at = uri.lastIndexOf("/");
  return { folder: uri.slice(0, at), base: uri.slice(at + 1) };
}

/**
 * All lines of a group: raw, and where they come from: path, start and length of their split, and an id that grows by
 * one from line to line of a split. Lines end with LF or CR LF.
 */
export function scan({ folder, files }: Group): string {
  const names = files.map(file => escaped(placeOf(file.uri).base));
  const path = `${escaped(folder)}/${names.length === 1 ? names[0] : `{${names.join(",")}}`}`;
  // Not trim(), which makes lists of all signs of a line. Made valid first: a broken sign would swallow the CR behind it.
  const valid = "make_valid_utf8(value)";
  const text = `if(endswith(value, '\\r') or startswith(value, '\uFEFF'), regexp_replace(${valid}, '^\uFEFF|\\r\\\\z', ''), ${valid})`;
  return `select ${text} as raw, monotonically_increasing_id() as id, _metadata.file_path as path,
    _metadata.file_block_start as start, _metadata.file_block_length as length from text.${quote(path)} with (lineSep = '\\n')`;
}

/** Whether a line belongs to the record above, as SQL. */
export function followsSql({ begins, follows }: LogFormat, raw: string): string {
  if (follows === "none") return "false";
  const isBegin = `${raw} rlike ${literal(`^(?:${begins})`)}`;
  return follows === "all" ? `not (${isBegin})` : `(${raw} rlike ${literal(`^${TRACE}`)} and not (${isBegin}))`;
}

/** Lines in front of the records of a file: the header. */
export function headerLines(format: LogFormat): number {
  return format.header ? 1 : 0;
}

// Signs that Hadoop takes for a pattern of names.
function escaped(path: string): string {
  return path.replace(/[*?[\]{}\\,]/g, "\\$&");
}
