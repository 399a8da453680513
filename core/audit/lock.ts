import { statSync } from "node:fs";
import { basename, dirname } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { auditEventsLock, reportLock } from "../store/archive.ts";
import type { Layout } from "../store/layout.ts";
import { lockHolder } from "../system/lock-holder.ts";
import { openPrivateDatabase } from "../system/private.ts";

/** Locks the report for one change, since the worker may append while another process rebuilds. The lock ends with its process. */
export function withReportLocked<T>(layout: Pick<Layout, "archive">, change: () => T): T {
  return withLocked(reportLock(layout), change);
}

/** Locks the audit events for one append, since portal and commands append side by side and each event is chained. */
export function withEventsLocked<T>(layout: Pick<Layout, "archive">, change: () => T): T {
  return withLocked(auditEventsLock(layout), change);
}

function withLocked<T>(path: string, change: () => T): T {
  const lock = opened(path);
  begin(lock, path);
  try {
    return change();
  } finally {
    lock.exec("rollback");
  }
}

// What waits here holds up all else that its process does, so not for long.
const PATIENCE = 5_000;

function begin(lock: DatabaseSync, path: string): void {
  try {
    lock.exec("begin exclusive");
  } catch (error) {
    if (!/locked|busy/i.test((error as Error).message)) throw error;
    const holder = lockHolder(path) ?? "another program";
    throw new Error(
      `${basename(dirname(path))}/${basename(path)} is locked by ${holder}: end that one, or wait until it is done.`,
      { cause: error },
    );
  }
}

// Kept open, since the worker needs it for every job; another file under its name is another lock.
const held = new Map<string, { lock: DatabaseSync; file: number }>();

function opened(path: string): DatabaseSync {
  const before = held.get(path);
  if (before && statSync(path, { throwIfNoEntry: false })?.ino === before.file) return before.lock;
  before?.lock.close();
  const lock = openPrivateDatabase(path, { timeout: PATIENCE });
  // Nothing is ever written into it: else every lock would be a file that is made and removed.
  lock.exec("pragma journal_mode = memory");
  held.set(path, { lock, file: statSync(path).ino });
  return lock;
}
