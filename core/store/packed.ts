import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { basename, dirname, join, relative } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { inflateSync } from "node:zlib";
import { LRUCache } from "lru-cache";
import type { z } from "zod";
import { isId } from "../jobs/id.ts";
import { parseLines } from "../system/ndjson.ts";
import { isMonth, jobOfLog, jsonName } from "./names.ts";

/*
 * A month that `npm run prune` has packed is one file, `archive/<yyyy-mm>.sqlar`: an SQLite archive, which `sqlite3 -A`
 * lists and unpacks too. Its names are paths below DATA_DIR. Whatever lies in it is read as if it lay where it was.
 */
const ENDING = ".sqlar";

/** Where a month lies once it is packed. */
export function packFile({ archive }: { archive: string }, month: string): string {
  return join(archive, `${month}${ENDING}`);
}

/** What is locked while months are packed. */
export function pruneLock({ archive }: { archive: string }): string {
  return join(archive, ".prune.lock");
}

/** The months that are packed, the oldest first. */
export function packedMonths({ archive }: { archive: string }): string[] {
  const names = readdirSync(archive).filter(name => name.endsWith(ENDING));
  return names
    .map(name => name.slice(0, -ENDING.length))
    .filter(isMonth)
    .sort();
}

/** The bytes of a file of the archive or of a log, from where it lies or from the pack of its month. Throws ENOENT. */
export function readStored(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    const packed = isAbsent(error) ? readPacked(path) : undefined;
    if (!packed) throw error;
    return packed;
  }
}

/** The bytes of a file in the pack of its month; undefined where it is in none. */
export function readPacked(path: string): Buffer | undefined {
  const found = rowOf(path, "data, sz");
  if (!found) return undefined;
  const data = Buffer.from(found.data as Uint8Array);
  return data.length === found.sz ? data : inflateSync(data);
}

/** The objects of an NDJSON file of the archive or of a log; none if it is not there. */
export function readStoredLines<T>(path: string, shape: z.ZodType<T>): T[] {
  try {
    return parseLines(readStored(path).toString(), shape);
  } catch (error) {
    if (isAbsent(error)) return [];
    throw error;
  }
}

/** Whether there is such a file, where it lies or in the pack of its month. */
export function isStored(path: string): boolean {
  return existsSync(path) || rowOf(path, "1 as there") !== undefined;
}

/** The names of a folder of the archive with those that are packed; of a month that has only its pack, those. */
export function storedNames(folder: string): string[] {
  const loose = namesIn(folder);
  const packed = packOf(folder + ENDING);
  if (!packed) return loose;
  const prefix = `${basename(dirname(folder))}/${basename(folder)}/`;
  const rows = packed
    .prepare("select substr(name, ?) as name from sqlar where name >= ? and name < ?")
    .all(prefix.length + 1, prefix, `${prefix.slice(0, -1)}0`);
  return [...new Set([...loose, ...rows.map(({ name }) => String(name))])];
}

/** Where the record of a job would lie that is packed; undefined where no pack has it. */
export function packedRecord({ archive }: { archive: string }, id: string): string | undefined {
  const paths = packedMonths({ archive }).map(month => join(archive, month, jsonName(id)));
  return paths.find(path => rowOf(path, "1 as there") !== undefined);
}

/** When a file was written last, in milliseconds; 0 where there is none. */
export function storedAt(path: string): number {
  const stats = statSync(path, { throwIfNoEntry: false });
  return stats ? stats.mtimeMs : Number(rowOf(path, "mtime")?.mtime ?? 0) * 1000;
}

// A file of a month is in that month's pack, a log in the pack of the month in which its job ended.
function rowOf(path: string, columns: string): Record<string, unknown> | undefined {
  const folder = dirname(path);
  const isMonths = isMonth(basename(folder));
  const root = dirname(isMonths ? dirname(folder) : folder);
  const packs = isMonths ? [folder + ENDING] : packsOfLog(join(root, "archive"), basename(path));
  const name = relative(root, path);
  for (const pack of packs) {
    const found = packOf(pack)?.prepare(`select ${columns} from sqlar where name = ?`).get(name);
    if (found) return found;
  }
  return undefined;
}

// A job ends in the month in which it was submitted, or in a later one.
function packsOfLog(archive: string, name: string): string[] {
  const id = jobOfLog(name);
  if (id === undefined || !isId(id) || !existsSync(archive)) return [];
  const submitted = `${id.slice(0, 4)}-${id.slice(4, 6)}`;
  return packedMonths({ archive })
    .filter(month => month >= submitted)
    .map(month => packFile({ archive }, month));
}

// A pack is replaced as a whole: one that is another file now is opened again.
const open = new LRUCache<string, { inode: number; database: DatabaseSync }>({
  max: 64,
  dispose: ({ database }) => database.close(),
});

function packOf(path: string): DatabaseSync | undefined {
  const inode = statSync(path, { throwIfNoEntry: false })?.ino;
  if (inode === undefined) return undefined;
  const known = open.get(path);
  if (known?.inode === inode) return known.database;
  const database = new DatabaseSync(path, { readOnly: true });
  open.set(path, { inode, database });
  return database;
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if (isAbsent(error)) return [];
    throw error;
  }
}

function isAbsent(error: unknown): boolean {
  return ["ENOENT", "ENOTDIR"].includes((error as NodeJS.ErrnoException).code ?? "");
}
