import { setTimeout as pause } from "node:timers/promises";
import { watchArrivals } from "./arrivals.ts";
import { handleWishes } from "./cancel.ts";
import type { Candidate } from "./candidate.ts";
import { type Claimed, claimJob } from "./claim.ts";
import { type Context, contextOf, type WorkerOptions } from "./context.ts";
import { watchDisk } from "./disk.ts";
import { finishJob } from "./finish.ts";
import { type Ended, type Following, follow } from "./follow.ts";
import { beat, type Pulse } from "./heartbeat.ts";
import { launchEngine } from "./launch.ts";
import { type Recovered, recover } from "./recover.ts";
import { finishRequeue } from "./requeue.ts";
import { createRunning } from "./running.ts";
import { createScanner } from "./scan.ts";
import { createSchedules } from "./schedules.ts";
import { keepSpares, noSpares, type Spares } from "./spare.ts";
import { createWaiting } from "./waiting.ts";
import { createWakeUp } from "./wake-up.ts";
import { watchQueue } from "./watch.ts";

/** A worker at work. */
export interface Worker {
  /** Resolves when nothing runs and nothing waits. */
  idle(): Promise<void>;
  /** Ends it: `leave` the engines to the next worker, or end them and `requeue` their jobs without using an attempt. */
  stop(how: "leave" | "requeue"): Promise<void>;
}

/** What a worker is started with. `run` runs one turn of a job; the default starts its engine and follows it. */
export interface StartOptions extends WorkerOptions {
  run?: (context: Context, claimed: Claimed) => Following;
}

/** Starts the one worker of a data folder, whose lock is held by the caller. */
export function startWorker(options: StartOptions): Worker {
  const context = contextOf(options);
  const spares = context.spare ? keepSpares(context) : noSpares;
  const { run = (_, claimed) => runEngine(context, claimed, spares) } = options;
  const { layout, timing, log, settings } = context;
  const disk = watchDisk(context);
  const waiting = createWaiting();
  const scanner = createScanner(context, waiting);
  const running = createRunning(settings.WORKER_CONCURRENCY);
  const schedules = createSchedules(context);
  const arriving = watchArrivals(context, context.arrivals);
  const leaving = new AbortController();
  const held = new Set<Promise<void>>();
  let idlers: (() => void)[] = [];
  let filling: NodeJS.Immediate | undefined;
  let stopping = false;
  let arrivalsSeen = 0;

  for (const found of recover(context)) resume(found);
  const wakeUp = createWakeUp(look, timing, error => log.error(`queue/ can't be read: ${error.message}`));
  const watched = watchQueue(layout, log, wakeUp.wake);
  const lastBeat = beat(context, pulse);
  wakeUp.wake();
  spares.prepare();
  return { idle, stop };

  async function look() {
    const asked = idlers;
    idlers = [];
    disk.look();
    if (!stopping) dropDue();
    await scanner.scan();
    if (!stopping)
      handleWishes(context, { running: cancelRunning, waiting: id => waiting.byId(id), queued: cancelQueued });
    fill();
    const idle = held.size === 0 && waiting.size() === 0 && scanner.notYet().length === 0;
    if (idle) for (const resolve of asked) resolve();
    else idlers.push(...asked);
  }

  function dropDue() {
    const now = Date.now();
    try {
      schedules.look(now);
      // A folder may hold many files: they are not looked at whenever a job ends.
      if (now - arrivalsSeen < timing.scanEvery / 2) return;
      arrivalsSeen = now;
      arriving.look(now);
    } catch (error) {
      log.error(`Schedules and arrivals can't be looked at: ${(error as Error).message}`);
    }
  }

  function fill() {
    clearImmediate(filling);
    filling = undefined;
    for (let room = true; room && !stopping && !disk.low; ) {
      const candidate = waiting.next(running.isFree, running.written, Date.now());
      room = candidate !== undefined;
      if (candidate) take(candidate);
    }
    wakeUp.wakeAt(earlier(waiting.nextDue(Date.now()), schedules.nextDue(Date.now())));
  }

  function take(candidate: Candidate) {
    const claimed = claim(candidate);
    if (!claimed) return;
    const after = claimed.claim.attempt > 1 ? `, attempt ${claimed.claim.attempt}` : "";
    log.info(`${claimed.claim.id} starts: ${claimed.type.title(claimed.job.parameters)}${after}`);
    start(claimed);
  }

  function claim(candidate: Candidate): Claimed | undefined {
    waiting.remove(candidate.name);
    try {
      const claimed = claimJob(context, candidate);
      if (!claimed) wakeUp.wake();
      return claimed;
    } catch (error) {
      log.error(`${candidate.name} can't be taken: ${(error as Error).message}`);
      return undefined;
    }
  }

  function start(claimed: Claimed) {
    try {
      followToEnd(claimed, run(context, claimed));
    } catch (error) {
      hold(claimed, () => finish(claimed, unfollowed(error as Error)));
    }
  }

  function followToEnd(claimed: Claimed, following: Following) {
    hold(
      claimed,
      async () => {
        const ended = await following.ended.catch(unfollowed);
        if (ended) await finish(claimed, ended);
      },
      following,
    );
  }

  function finish(claimed: Claimed, ended: Ended) {
    return untilDone(claimed, () => finishJob(context, claimed, ended, leaving.signal));
  }

  function hold(claimed: Claimed, work: () => Promise<void>, following?: Following) {
    const { claim, type, job } = claimed;
    running.add({ claimed, ...(following && { following }) }, type.writes(job.parameters, settings));
    const done = work().then(() => {
      running.remove(claim.id);
      held.delete(done);
      // Others first: a burst of short jobs must not keep the worker from everything else.
      filling ??= setImmediate(fill);
      wakeUp.wake();
    });
    held.add(done);
  }

  // No room on the disk, a name that is taken: what can't be finished now is tried again. Every step may be repeated.
  async function untilDone({ claim }: Claimed, step: () => Promise<void>) {
    while (!leaving.signal.aborted) {
      try {
        return await step();
      } catch (error) {
        log.error(`${claim.id} can't be finished yet: ${(error as Error).message}`);
        await pause(timing.scanEvery, undefined, { signal: leaving.signal }).catch(() => {});
      }
    }
  }

  function resume(found: Recovered) {
    const { claimed } = found;
    if (found.next === "follow") followToEnd(claimed, follow(context, claimed));
    if (found.next === "launch") start(claimed);
    if (found.next === "finish") hold(claimed, () => finish(claimed, found.ended));
    if (found.next === "requeue")
      hold(claimed, () => untilDone(claimed, async () => finishRequeue(context, claimed.claim)));
  }

  function cancelRunning(id: string): boolean {
    const entry = running.get(id);
    entry?.following?.end("cancel");
    return entry !== undefined;
  }

  function cancelQueued(candidate: Candidate) {
    const claimed = claim(candidate);
    if (claimed) hold(claimed, () => finish(claimed, { ran: false, exitCode: null }));
  }

  function idle(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    idlers.push(resolve);
    wakeUp.wake();
    return promise;
  }

  async function stop(how: "leave" | "requeue") {
    if (leaving.signal.aborted) return;
    stopping = true;
    if (how === "requeue") {
      for (const { following } of running.entries()) following?.end("stop");
      await Promise.all(held);
    }
    leaving.abort();
    for (const { following } of running.entries()) following?.leave();
    await Promise.all(held);
    spares.end();
    await wakeUp.stop();
    watched.close();
    lastBeat();
  }

  function pulse(): Pulse {
    const entries = running.entries().map(({ claimed: { claim, type } }) => {
      const { id, attempt, claimedAt: since } = claim;
      return { id, type: claim.type, attempt, since, lane: type.lane };
    });
    const { freeMb, low: lowDisk } = disk;
    return { running: entries, waiting: waiting.size(), notYet: scanner.notYet(), freeMb, lowDisk, stopping };
  }
}

function unfollowed(error: Error): Ended {
  return { ran: true, exitCode: null, failure: error.message };
}

function earlier(a = Number.POSITIVE_INFINITY, b = Number.POSITIVE_INFINITY): number | undefined {
  const first = Math.min(a, b);
  return Number.isFinite(first) ? first : undefined;
}

function runEngine(context: Context, claimed: Claimed, spares: Spares): Following {
  const launched = launchEngine(context, claimed.claim, spares);
  spares.prepare(claimed.job.then[0]?.type);
  return follow(context, claimed, launched);
}
