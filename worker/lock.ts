import { DatabaseSync } from "node:sqlite";
import { setTimeout as pause } from "node:timers/promises";
import { readJson } from "../files/json.ts";
import type { Layout } from "../files/layout.ts";
import type { Heartbeat } from "./heartbeat.ts";
import type { Log } from "./print.ts";

/** Frees the lock. */
export type Unlock = () => void;

/** Becomes the one worker of this DATA_DIR, or stands by until the other one has gone. Undefined if told to stop. */
export async function takeLock(
  layout: Layout,
  log: Log,
  every: number,
  signal: AbortSignal,
): Promise<Unlock | undefined> {
  for (let told = false; !signal.aborted; told = true) {
    const unlock = tryLock(layout);
    if (unlock) return unlock;
    if (!told) log.warn(`${holder(layout)} Standing by.`);
    await pause(every, undefined, { signal }).catch(() => {});
  }
  return undefined;
}

// SQLite's lock dies with its process, even after kill -9, so it never has to be guessed whether it is stale.
function tryLock(layout: Layout): Unlock | undefined {
  const database = new DatabaseSync(layout.lock);
  try {
    database.exec("BEGIN EXCLUSIVE");
    return () => database.close();
  } catch (error) {
    database.close();
    if (/locked|busy/i.test((error as Error).message)) return undefined;
    throw error;
  }
}

function holder({ heartbeat, root }: Layout): string {
  const beat = readJson<Heartbeat>(heartbeat);
  if (!beat) return `Another worker is at work in ${root}.`;
  return `Another worker is at work in ${root}: process ${beat.pid} on ${beat.host}, since ${beat.since}.`;
}
