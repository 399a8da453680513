import { statSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { Layout } from "../files/layout.ts";

/** Changes the report alone: the worker appends while somebody may rebuild. The lock ends with its process. */
export function withReportLocked<T>({ archive }: Pick<Layout, "archive">, change: () => T): T {
  const lock = opened(join(archive, ".audit.lock"));
  lock.exec("begin exclusive");
  try {
    return change();
  } finally {
    lock.exec("rollback");
  }
}

// Kept open, since the worker needs it for every job; another file under its name is another lock.
const kept = new Map<string, { lock: DatabaseSync; file: number }>();

function opened(path: string): DatabaseSync {
  const before = kept.get(path);
  if (before && statSync(path, { throwIfNoEntry: false })?.ino === before.file) return before.lock;
  before?.lock.close();
  const lock = new DatabaseSync(path, { timeout: 30_000 });
  // Nothing is ever written into it: else every lock would be a file that is made and removed.
  lock.exec("pragma journal_mode = memory");
  kept.set(path, { lock, file: statSync(path).ino });
  return lock;
}
