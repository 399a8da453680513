import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setTimeout as sleep } from "node:timers/promises";

/**
 * Does something while no other process does the same in this folder. The lock dies with its process, also after
 * kill -9; who has to wait is told once.
 */
export async function locked<T>(folder: string, onWait: () => void, work: () => Promise<T>): Promise<T> {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const database = new DatabaseSync(join(folder, ".lock"));
  try {
    for (let told = false; !tryLock(database); await sleep(200)) {
      if (!told) onWait();
      told = true;
    }
    return await work();
  } finally {
    database.close();
  }
}

function tryLock(database: DatabaseSync): boolean {
  try {
    database.exec("begin exclusive");
    return true;
  } catch (error) {
    if (!/locked/.test((error as Error).message)) throw error;
    return false;
  }
}
