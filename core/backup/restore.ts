import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { rebuildAudit } from "../audit/rebuild.ts";
import { recordFiles } from "../audit/records.ts";
import { type ChainCheck, verifyArchive } from "../audit/verify-chain.ts";
import { indexFile } from "../store/archive.ts";
import { peopleFile } from "../store/data-files.ts";
import { markFormat, refuseNewer } from "../store/format.ts";
import type { Layout } from "../store/layout.ts";
import { readPack } from "../store/pack.ts";
import { syncFolder } from "../system/atomic.ts";
import { tryLock } from "../system/lock.ts";
import { manifestFile, readManifest, verifyManifest } from "./manifest.ts";

/** What a restored DATA_DIR holds: the check of its archive, when the backup was taken, and how many files it had. */
export interface Restored extends ChainCheck {
  at: string;
  files: number;
  /** Files of the project that differ from those of the backup: they lie in `restored/`, and nobody was asked. */
  beside: string[];
}

// These belong to the project, not to DATA_DIR.
const BESIDE = ["settings.env", "catalogs.json"];

/**
 * Puts a backup, a folder or a file, into an empty DATA_DIR. All of it is checked before the first file is in its place; a
 * run that was ended may be repeated. Throws a sentence, and changes nothing, where DATA_DIR holds jobs or people already.
 */
export async function restoreBackup(
  layout: Layout,
  from: string,
  { catalogs, key }: { catalogs: string; key?: string | undefined },
): Promise<Restored> {
  const unlock = tryLock(layout.lock);
  if (!unlock) throw new Error(`A worker is at work in ${layout.root}: end it first, and the portal too.`);
  try {
    const staged = join(layout.root, ".restoring");
    const isRepeated = existsSync(join(staged, STARTED));
    if (!isRepeated && (recordFiles(layout).length > 0 || existsSync(peopleFile(layout.root))))
      throw new Error(
        `${layout.root} holds jobs or people already. Restore into another folder (DATA_DIR=… npm run restore), or move it away.`,
      );
    rmSync(staged, { recursive: true, force: true });
    mkdirSync(staged, { recursive: true, mode: 0o700 });
    stage(from, staged);
    refuseNewer(staged);
    await verifyManifest(staged);
    const { at, entries } = readManifest(staged);
    writeFileSync(join(staged, STARTED), "");
    const beside: string[] = [];
    for (const { path } of entries) {
      if (BESIDE.includes(path)) {
        if (path === "catalogs.json" && isSame(join(staged, path), catalogs)) continue;
        beside.push(join("restored", path));
        put(join(staged, path), join(layout.root, "restored", path));
      } else put(join(staged, path), join(layout.root, path));
    }
    for (const ending of ["", "-wal", "-shm"]) rmSync(indexFile(layout) + ending, { force: true });
    markFormat(layout.root);
    rebuildAudit(layout);
    rmSync(staged, { recursive: true, force: true });
    return { ...verifyArchive(layout, key), at, files: entries.length, beside };
  } finally {
    unlock();
  }
}

const STARTED = ".started";

function stage(from: string, staged: string): void {
  const stats = statSync(from, { throwIfNoEntry: false });
  if (!stats) throw new Error(`There is no backup ${from}.`);
  if (stats.isFile()) {
    for (const { name, bytes } of readPack(from)) {
      if (name.startsWith("/") || name.split("/").includes(".."))
        throw new Error(`${from} names a file outside of it: ${name}. Nothing was done.`);
      const to = join(staged, name);
      mkdirSync(dirname(to), { recursive: true, mode: 0o700 });
      writeFileSync(to, bytes, { mode: 0o600 });
    }
    return;
  }
  for (const path of [...readManifest(from).entries.map(entry => entry.path), "manifest.ndjson"]) {
    const to = join(staged, path);
    mkdirSync(dirname(to), { recursive: true, mode: 0o700 });
    const source = path === "manifest.ndjson" ? manifestFile(from) : join(from, path);
    if (!existsSync(source)) throw new Error(`The backup in ${from} is spoilt: ${path} is missing. Take another one.`);
    copyFileSync(source, to);
  }
}

function put(from: string, to: string): void {
  mkdirSync(dirname(to), { recursive: true, mode: 0o700 });
  renameSync(from, to);
  syncFolder(dirname(to));
}

function isSame(a: string, b: string): boolean {
  return existsSync(b) && readFileSync(a).equals(readFileSync(b));
}
