import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { setTimeout as pause } from "node:timers/promises";
import { openPrivateDatabase } from "./private.ts";

/** Frees a lock. */
export type Unlock = () => void;

/**
 * Takes the lock that a file stands for, or gives undefined while another has it. It is SQLite's, which ends with its
 * process, also after kill -9: whether a lock is stale never has to be guessed.
 */
export function tryLock(file: string): Unlock | undefined {
  const database = openPrivateDatabase(file);
  try {
    database.exec("begin exclusive");
  } catch (error) {
    database.close();
    if (/locked|busy/i.test((error as Error).message)) return undefined;
    throw error;
  }
  held.add(database);
  return () => {
    held.delete(database);
    database.close();
  };
}

// Keeps each database referenced. Node would else collect and close it, and so release the lock.
const held = new Set<DatabaseSync>();

/** Runs `work` while no other process holds this lock. Tries every `every` milliseconds; calls `onWait` once if it has to wait. */
export async function locked<T>(
  file: string,
  work: () => Promise<T>,
  { every, onWait }: { every: number; onWait?: () => void },
): Promise<T> {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  let unlock = tryLock(file);
  if (!unlock) onWait?.();
  for (; !unlock; unlock = tryLock(file)) await pause(every);
  try {
    return await work();
  } finally {
    unlock();
  }
}
