import type { Heartbeat } from "../core/store/heartbeat.ts";
import { type Context, contextOf, type WorkerOptions } from "./context.ts";
import { type Following, followEngine } from "./engine/follow.ts";
import { launchEngine } from "./engine/launch.ts";
import { createSlots } from "./engine/slots.ts";
import { keepWarmEngine, noWarmEngines, type WarmEngines } from "./engine/warm-engine.ts";
import { createFinisher, type StartEngine } from "./finish/finisher.ts";
import { recover } from "./finish/recover.ts";
import { beat, type Pulse } from "./health/heartbeat.ts";
import { createLoop } from "./loop.ts";
import type { Claimed } from "./queue/claim.ts";

/** A worker at work. */
export interface Worker {
  /** Resolves when nothing runs and nothing waits. */
  idle(): Promise<void>;
  /** Ends it: `leave` the engines to the next worker, or end them and `requeue` their jobs without using an attempt. */
  stop(how: "leave" | "requeue"): Promise<void>;
}

/** Options of a worker. `run` runs one claim of a job; the default starts its engine and follows it. */
export interface StartOptions extends WorkerOptions {
  run?: StartEngine;
}

/** Starts the one worker of a data folder, whose lock is held by the caller. */
export function startWorker(options: StartOptions): Worker {
  const context = contextOf(options);
  const warmEngines = context.warmEngine ? keepWarmEngine(context) : noWarmEngines;
  const { run = (_, claimed) => runEngine(context, claimed, warmEngines) } = options;
  const leaving = new AbortController();
  const slots = createSlots(context.settings.WORKER_CONCURRENCY, onFree);
  const finisher = createFinisher(context, slots, run, leaving.signal);
  // Nothing is taken before running/ is in order.
  const recovered = recover(context);
  const loop = createLoop(context, slots, finisher);
  for (const found of recovered) finisher.resume(found);
  const lastBeat = beat(context, pulse, replaced);
  loop.wake();
  warmEngines.prepare();
  return { idle: loop.idle, stop };

  // What is in the folder belongs to the other worker now: nothing of it is touched any more.
  function replaced(by: Heartbeat) {
    leaving.abort();
    loop.stopTaking();
    slots.leaveAll("killed");
    warmEngines.end();
    context.onReplaced(by);
  }

  function onFree() {
    loop.fillSoon();
    loop.wake();
  }

  async function stop(how: "leave" | "requeue") {
    if (leaving.signal.aborted) return;
    loop.stopTaking();
    if (how === "requeue") {
      slots.endAll("stop");
      await slots.done();
    }
    leaving.abort();
    slots.leaveAll();
    await slots.done();
    warmEngines.end();
    await loop.stop();
    await context.notifications.close();
    lastBeat();
  }

  function pulse(): Pulse {
    const running = slots.jobs().map(({ claim, type }) => {
      const { id, attempt, claimedAt: since } = claim;
      return { id, type: claim.type, attempt, since, lane: type.lane };
    });
    return { running, ...loop.pulse() };
  }
}

function runEngine(context: Context, claimed: Claimed, warmEngines: WarmEngines): Following {
  const launched = launchEngine(context, claimed.claim, warmEngines);
  warmEngines.prepare(claimed.job.then[0]?.type);
  return followEngine(context, claimed, launched);
}
