import { existsSync, statSync } from "node:fs";
import { join, relative } from "node:path";
import type { JobRecord } from "../jobs/record.ts";
import { archiveMonths, monthFolder } from "../store/archive.ts";
import { markFormat } from "../store/format.ts";
import { eventsFile, type Layout, logFile } from "../store/layout.ts";
import { jsonNames, proofsBeside } from "../store/names.ts";
import { type PackedFile, writePack } from "../store/pack.ts";
import { packFile, pruneLock } from "../store/packed.ts";
import { removeFile, syncFolder } from "../system/atomic.ts";
import { tryLock } from "../system/lock.ts";
import { placeProblems, sealOf } from "./findings.ts";
import { readRecord } from "./records.ts";

/** What became of a month: how many jobs and files were packed and removed, and their bytes before and after. */
export interface PrunedMonth {
  month: string;
  jobs: number;
  files: number;
  bytes: number;
  packedBytes: number;
  /** Files that stay where they are, each with its reason. */
  kept: string[];
}

/** What is to be packed. `before` is a month, `yyyy-mm`: those that end before it are. */
export interface PruneRequest {
  before: string;
  key?: string | undefined;
  /** Says only what would be done. */
  dryRun?: boolean;
}

const DAY = 86_400_000;
// A pack holds each file as one piece, which a reader takes into memory whole.
const LARGEST = 64 * 1024 * 1024;

/** The month before which everything is at least so many days old. */
export function monthBefore(days: number, now = Date.now()): string {
  return new Date(now - days * DAY).toISOString().slice(0, 7);
}

/**
 * Packs old months, one after the other: records, proofs, logs and events of their jobs go into one file, are read back
 * from it, and only then are removed. It may be ended at any moment and run again. Throws a sentence where a month is not
 * as it was archived, which stays as it is then.
 */
export function* pruneArchive(layout: Layout, request: PruneRequest): Generator<PrunedMonth> {
  const unlock = tryLock(pruneLock(layout));
  if (!unlock) throw new Error("Months of this archive are being packed already: wait until that has ended.");
  try {
    // From here on an older version of the portal must not read this folder.
    if (!request.dryRun) markFormat(layout.root);
    for (const month of archiveMonths(layout).filter(month => month < request.before)) {
      const pruned = pruneMonth(layout, month, request);
      if (pruned.files > 0 || pruned.kept.length > 0) yield pruned;
    }
  } finally {
    unlock();
  }
}

function pruneMonth(layout: Layout, month: string, { key, dryRun }: PruneRequest): PrunedMonth {
  const kept: string[] = [];
  const paths: string[] = [];
  let jobs = 0;
  const folder = monthFolder(layout, month);
  for (const path of existsSync(folder) ? jsonNames(folder).map(name => join(folder, name)) : []) {
    const record = readRecord(path);
    if (record) {
      refuseSpoilt(layout, record, path, key);
      // Its record last: while that lies there, the rest belongs to it.
      const beside = [...logsOf(layout, record), proofsBeside(path), path].filter(file => existsSync(file));
      if (beside.length > 0) jobs += 1;
      paths.push(...beside);
    } else kept.push(`${relative(layout.root, path)} is no record`);
  }
  const sized = paths.map(path => ({ path, size: statSync(path).size }));
  const packed = sized.filter(({ size }) => size <= LARGEST);
  for (const { path, size } of sized)
    if (size > LARGEST) kept.push(`${relative(layout.root, path)} is too large (${Math.round(size / 1e6)} MB)`);
  const bytes = packed.reduce((sum, { size }) => sum + size, 0);
  const pruned = { month, jobs, files: packed.length, bytes, packedBytes: 0, kept };
  if (dryRun || packed.length === 0) return pruned;
  const target = packFile(layout, month);
  const files = packed.map(({ path }): PackedFile => ({ name: relative(layout.root, path), path }));
  writePack(target, files);
  for (const { path } of files) removeFile(path);
  for (const changed of [folder, layout.logs]) syncFolder(changed);
  return { ...pruned, packedBytes: statSync(target).size };
}

function refuseSpoilt(layout: Layout, record: JobRecord, path: string, key: string | undefined): void {
  const name = relative(layout.root, path);
  const [problem] = placeProblems(record, path, name);
  // Without the key, a record that was sealed with one can't be told from one that was edited.
  const isEdited = key !== undefined && sealOf(record, key) === "broken";
  if (problem || isEdited)
    throw new Error(
      `${problem ?? `${name} does not match its hash: it was edited.`} Its month was not packed: see what \`npm run audit\` says.`,
    );
}

// The logs and the events of a job: looked for by their names, since their folder has those of every job. What else some jobs
// keep there stays.
function logsOf(layout: Layout, { id, attempts }: JobRecord): string[] {
  const last = Math.max(attempts.length, ...attempts.map(({ attempt = 0 }) => attempt));
  const found = [eventsFile(layout, id)];
  for (let attempt = 1; attempt <= last || existsSync(logFile(layout, id, attempt)); attempt++)
    found.push(logFile(layout, id, attempt));
  return found;
}
