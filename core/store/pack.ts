import { createHash } from "node:crypto";
import { closeSync, fsyncSync, openSync, readFileSync, renameSync, rmSync, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { deflateSync, inflateSync } from "node:zlib";
import { syncFolder } from "../system/atomic.ts";
import { failpoint } from "../system/failpoint.ts";
import { openPrivateDatabase } from "../system/private.ts";

/** A file that goes into a pack: the name that it has there, and where it lies. */
export interface PackedFile {
  name: string;
  path: string;
}

const SCHEMA = "create table sqlar (name text primary key, mode int, mtime int, sz int, data blob)";
const MODE = 0o100600;

/**
 * Writes files into an SQLite archive, beside what it holds already, and puts it in its place when all of it was read
 * back and is the same. A run that is ended before that has changed nothing. Returns the SHA-256 of each, by its name.
 */
export function writePack(path: string, files: Iterable<PackedFile>): Map<string, string> {
  const draft = join(dirname(path), `.${basename(path)}.tmp`);
  for (const ending of ["", "-journal"]) rmSync(draft + ending, { force: true });
  const database = openPrivateDatabase(draft);
  const written = new Map<string, string>();
  try {
    // Nobody reads the draft, and a broken one is thrown away: it needs no journal.
    database.exec(`pragma journal_mode = off; pragma synchronous = off; ${SCHEMA}; begin`);
    takeOver(database, path, written);
    const insert = database.prepare("insert into sqlar values (?, ?, ?, ?, ?)");
    for (const file of files) {
      const bytes = readFileSync(file.path);
      const hash = sha256(bytes);
      const before = written.get(file.name);
      if (before !== undefined && before !== hash)
        throw new Error(`${file.path} is another file than the one that ${path} has. Keep the right one of them.`);
      if (before === undefined) {
        const small = deflateSync(bytes);
        const mtime = Math.trunc(statSync(file.path).mtimeMs / 1000);
        insert.run(file.name, MODE, mtime, bytes.length, small.length < bytes.length ? small : bytes);
      }
      written.set(file.name, hash);
    }
    database.exec("commit");
  } finally {
    database.close();
  }
  failpoint("verify pack");
  verifyPack(draft, written);
  publish(draft, path);
  return written;
}

// Reads a pack whole: does it hold what it should, the names, each with its SHA-256?
function verifyPack(path: string, wanted: ReadonlyMap<string, string>): void {
  let found = 0;
  let wrong: string | undefined;
  for (const { name, bytes } of readPack(path)) {
    found += 1;
    if (wanted.get(name) !== sha256(bytes)) wrong ??= name;
  }
  if (wrong || found !== wanted.size)
    throw new Error(`${path} was not written as it should be${wrong ? ` (${wrong})` : ""}: is the disk broken?`);
}

/** What a pack holds, one file at a time. Throws a sentence where it can't be read. */
export function readPack(path: string): IteratorObject<{ name: string; bytes: Buffer; mtime: number }> {
  return entries(path);
}

function* entries(path: string): Generator<{ name: string; bytes: Buffer; mtime: number }> {
  const database = new DatabaseSync(path, { readOnly: true });
  try {
    for (const { name, sz, data, mtime } of database.prepare("select name, sz, data, mtime from sqlar").iterate()) {
      const stored = Buffer.from(data as Uint8Array);
      yield { name: String(name), bytes: stored.length === sz ? stored : inflateSync(stored), mtime: Number(mtime) };
    }
  } catch (error) {
    throw new Error(`${path} can't be read (${(error as Error).message}): restore it from a backup.`, { cause: error });
  } finally {
    database.close();
  }
}

// What a month had packed before, when more of it is packed now.
function takeOver(database: DatabaseSync, path: string, written: Map<string, string>): void {
  if (!statSync(path, { throwIfNoEntry: false })) return;
  const insert = database.prepare("insert into sqlar values (?, ?, ?, ?, ?)");
  for (const { name, bytes, mtime } of readPack(path)) {
    const small = deflateSync(bytes);
    insert.run(name, MODE, mtime, bytes.length, small.length < bytes.length ? small : bytes);
    written.set(name, sha256(bytes));
  }
}

function publish(draft: string, path: string): void {
  const file = openSync(draft, "r+");
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  failpoint("publish pack");
  renameSync(draft, path);
  syncFolder(dirname(path));
}

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
