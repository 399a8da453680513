import type { Context } from "./context.ts";
import type { Slots } from "./engine/slots.ts";
import type { Finisher } from "./finish/finisher.ts";
import { watchDisk } from "./health/disk.ts";
import type { Pulse } from "./health/heartbeat.ts";
import { createScanner } from "./queue/scan.ts";
import { createTaking } from "./queue/take.ts";
import { createWaiting } from "./queue/waiting.ts";
import { watchQueue } from "./queue/watch.ts";
import { createTriggers } from "./triggers/triggers.ts";
import { createWakeUp } from "./wake-up.ts";

/** Looks at the queue again and again, and takes what a slot is free for. */
export interface Loop {
  wake(): void;
  /** Takes what waits, as soon as others have run: a burst of short jobs must not keep the worker from everything else. */
  fillSoon(): void;
  /** Resolves when nothing runs and nothing waits. */
  idle(): Promise<void>;
  /** From now on nothing is taken. */
  stopTaking(): void;
  stop(): Promise<void>;
  pulse(): Omit<Pulse, "running">;
}

/** A loop that starts with its first `wake`. */
export function createLoop(context: Context, slots: Slots, finisher: Finisher): Loop {
  const { timing, log } = context;
  const disk = watchDisk(context);
  const waiting = createWaiting();
  const scanner = createScanner(context, waiting);
  const triggers = createTriggers(context, () => wakeUp.wake());
  const idlers = createIdlers(() => slots.jobs().length + waiting.size() + scanner.notYet().length === 0);
  const taking = createTaking(context, waiting, slots, finisher, {
    isFull: () => disk.low,
    onChanged: () => wakeUp.wake(),
    onTaken: () => wakeUp.wakeAt(earlier(waiting.nextDue(Date.now()), triggers.nextDue())),
  });
  let stopping = false;
  const wakeUp = createWakeUp(round, timing, error => log.error(`queue/ can't be read: ${error.message}`));
  const watched = watchQueue(context, wakeUp.wake);
  return { wake: wakeUp.wake, fillSoon: taking.fillSoon, idle, stopTaking, stop, pulse };

  async function round() {
    const waiters = idlers.take();
    disk.check();
    if (!stopping) triggers.check();
    await scanner.scan(meanwhile);
    watched.rest(waiting.size());
    taking.takeUp();
    idlers.settle(waiters);
  }

  // Called while a scan reads thousands of files, so that free slots and cancel requests do not wait for its end.
  function meanwhile(): boolean {
    if (!stopping) triggers.check();
    taking.takeUp();
    return !stopping;
  }

  function idle() {
    wakeUp.wake();
    return idlers.add();
  }

  function stopTaking() {
    stopping = true;
    taking.stop();
  }

  async function stop() {
    await wakeUp.stop();
    await Promise.all([watched.close(), triggers.close()]);
  }

  function pulse() {
    const { freeMb, low: lowDisk } = disk;
    return { waiting: waiting.size(), notYet: scanner.notYet(), freeMb, lowDisk, stopping };
  }
}

// Promises of `idle()`. Only a scan that began after the call may resolve one: an earlier scan may have missed a new file.
function createIdlers(isIdle: () => boolean) {
  let all: (() => void)[] = [];
  return {
    add() {
      const { promise, resolve } = Promise.withResolvers<void>();
      all.push(resolve);
      return promise;
    },
    take: () => all.splice(0),
    settle(waiters: (() => void)[]) {
      if (isIdle()) for (const resolve of waiters) resolve();
      else all = [...all, ...waiters];
    },
  };
}

function earlier(a = Number.POSITIVE_INFINITY, b = Number.POSITIVE_INFINITY): number | undefined {
  const first = Math.min(a, b);
  return Number.isFinite(first) ? first : undefined;
}
