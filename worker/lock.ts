import { setTimeout as pause } from "node:timers/promises";
import { readJson } from "../files/json.ts";
import type { Layout } from "../files/layout.ts";
import { tryLock, type Unlock } from "../files/lock.ts";
import type { Heartbeat } from "./heartbeat.ts";
import type { Log } from "./print.ts";

/** Becomes the one worker of this DATA_DIR, or stands by until the other one has gone. Undefined if told to stop. */
export async function takeLock(
  layout: Layout,
  log: Log,
  every: number,
  signal: AbortSignal,
): Promise<Unlock | undefined> {
  for (let told = false; !signal.aborted; told = true) {
    const unlock = tryLock(layout.lock);
    if (unlock) return unlock;
    if (!told) log.warn(`${holder(layout)} Standing by.`);
    await pause(every, undefined, { signal }).catch(() => {});
  }
  return undefined;
}

function holder({ heartbeat, root }: Layout): string {
  const beat = readJson<Heartbeat>(heartbeat);
  if (!beat) return `Another worker is at work in ${root}.`;
  return `Another worker is at work in ${root}: process ${beat.pid} on ${beat.host}, since ${beat.since}.`;
}
