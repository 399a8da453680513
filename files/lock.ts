import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setTimeout as pause } from "node:timers/promises";

/** Frees a lock. */
export type Unlock = () => void;

/**
 * Takes the lock that a file stands for, or gives undefined while another has it. It is SQLite's, which ends with its
 * process, also after kill -9: whether a lock is stale never has to be guessed.
 */
export function tryLock(file: string): Unlock | undefined {
  const database = new DatabaseSync(file);
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

// What nothing refers to is collected and closed, and its lock is free: a task that waits for ever would lose it.
const held = new Set<DatabaseSync>();

/** Does something while no other does the same under this lock; who has to wait is told once. `every` in milliseconds. */
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
