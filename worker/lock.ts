import { setTimeout as pause } from "node:timers/promises";
import { readHeartbeat } from "../core/store/heartbeat.ts";
import type { Layout } from "../core/store/layout.ts";
import type { Log } from "../core/system/console-log.ts";
import { tryLock, type Unlock } from "../core/system/lock.ts";
import { lockHolder } from "../core/system/lock-holder.ts";

/** Becomes the one worker of this DATA_DIR, or stands by until the other one has gone. Undefined if told to stop. */
export async function takeLock(
  layout: Layout,
  log: Log,
  every: number,
  signal: AbortSignal,
): Promise<Unlock | undefined> {
  for (let isWarned = false; !signal.aborted; isWarned = true) {
    const unlock = tryLock(layout.lock);
    if (unlock) return unlock;
    if (!isWarned) log.warn(`${holder(layout)} Standing by.`);
    await pause(every, undefined, { signal }).catch(() => {});
  }
  return undefined;
}

function holder({ heartbeat, lock, root }: Layout): string {
  const beat = readHeartbeat({ heartbeat });
  const holds = lockHolder(lock);
  // The holder is not a worker but another program that has the file open. Waiting for it could be endless.
  if (holds && (!beat || !holds.startsWith(`process ${beat.pid} `)))
    return `queue/.worker.lock of ${root} is locked by ${holds}: end that one, if it is no worker.`;
  if (!beat) return `Another worker is at work in ${root}.`;
  return `Another worker is at work in ${root}: process ${beat.pid} on ${beat.host}, since ${beat.since}.`;
}
