import { setTimeout as pause } from "node:timers/promises";
import { type Heartbeat, readHeartbeat } from "../core/store/heartbeat.ts";
import type { Layout } from "../core/store/layout.ts";
import type { Log } from "../core/system/console-log.ts";
import { tryLock, type Unlock } from "../core/system/lock.ts";
import { lockHolder } from "../core/system/lock-holder.ts";
import { elsewhereText, holderElsewhere } from "./other-host.ts";

/**
 * Becomes the one worker of this DATA_DIR, or stands by until the other one has gone. Undefined if told to stop. With
 * `takeOver`, a time in milliseconds, also from another host that gives no sign of life for so long; throws if it gives one.
 */
export async function takeLock(
  layout: Layout,
  log: Log,
  every: number,
  signal: AbortSignal,
  takeOver?: number,
): Promise<Unlock | undefined> {
  for (let told = ""; !signal.aborted; ) {
    const unlock = tryLock(layout.lock);
    const elsewhere = unlock && holderElsewhere(layout);
    if (unlock && !elsewhere) return unlock;
    if (unlock && elsewhere && takeOver !== undefined && (await isSilent(layout, elsewhere, log, takeOver, signal)))
      return unlock;
    unlock?.();
    const why = elsewhere ? elsewhereText(elsewhere) : `${holder(layout)} Standing by.`;
    // Of the other host each sign of life would be another sentence.
    const what = elsewhere ? `${elsewhere.host} ${elsewhere.ended}` : "locked";
    if (told !== what) log.warn(why);
    told = what;
    await pause(every, undefined, { signal }).catch(() => {});
  }
  return undefined;
}

async function isSilent(
  layout: Layout,
  elsewhere: Heartbeat,
  log: Log,
  milliseconds: number,
  signal: AbortSignal,
): Promise<boolean> {
  const { host, at } = elsewhere;
  log.info(`waiting ${milliseconds / 1000} s for a sign of life of the worker on ${host}`);
  await pause(milliseconds, undefined, { signal }).catch(() => {});
  if (signal.aborted) return false;
  if (readHeartbeat(layout)?.at !== at)
    throw new Error(`The worker on ${host} gives signs of life: stop it there. Nothing was taken over.`);
  log.warn(`taking over from the worker on ${host}, whose last sign of life is of ${at}`);
  return true;
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
