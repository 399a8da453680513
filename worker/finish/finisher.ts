import { setTimeout as pause } from "node:timers/promises";
import type { Context } from "../context.ts";
import { type EngineEnd, type Following, followEngine } from "../engine/follow.ts";
import type { Slots } from "../engine/slots.ts";
import type { Claimed } from "../queue/claim.ts";
import { finishRequeue } from "../queue/return-to-queue.ts";
import { finishJob } from "./finish.ts";
import type { Recovered } from "./recover.ts";

/** Runs one claim of a job: its engine, followed. */
export type StartEngine = (context: Context, claimed: Claimed) => Following;

/** Brings each job in hand from its claim to the archive, or back to queue/. */
export interface Finisher {
  start(claimed: Claimed): void;
  /** Goes on with a job that was found in running/. */
  resume(found: Recovered): void;
  /** Archives a job that was cancelled before its engine was started. */
  cancel(claimed: Claimed): void;
}

/** A finisher that takes a slot for each job, and stops trying once `leaving` is aborted. */
export function createFinisher(context: Context, slots: Slots, run: StartEngine, leaving: AbortSignal): Finisher {
  const { settings, timing, log } = context;
  return { start, resume, cancel: claimed => hold(claimed, () => finish(claimed, { ran: false, exitCode: null })) };

  function start(claimed: Claimed) {
    const { id, type, submittedBy, parent } = claimed.job;
    context.notifications.started({ id, type, submittedBy, ...(parent && { parent }) });
    try {
      followToEnd(claimed, run(context, claimed));
    } catch (error) {
      hold(claimed, () => finish(claimed, unfollowed(error as Error)));
    }
  }

  function resume(found: Recovered) {
    const { claimed } = found;
    if (found.next === "follow") followToEnd(claimed, followEngine(context, claimed));
    if (found.next === "launch") start(claimed);
    if (found.next === "finish") hold(claimed, () => finish(claimed, found.ended));
    if (found.next === "requeue")
      hold(claimed, () => untilDone(claimed, async () => finishRequeue(context, claimed.claim)));
  }

  function followToEnd(claimed: Claimed, following: Following) {
    const toEnd = async () => {
      const ended = await following.ended.catch(unfollowed);
      if (ended) await finish(claimed, ended);
    };
    hold(claimed, toEnd, following);
  }

  function hold(claimed: Claimed, work: () => Promise<void>, following?: Following) {
    slots.hold(claimed, claimed.type.writes(claimed.job.parameters, settings), work, following);
  }

  function finish(claimed: Claimed, ended: EngineEnd) {
    return untilDone(claimed, () => finishJob(context, claimed, ended, leaving));
  }

  // No room on the disk, a name that is taken: what can't be finished now is tried again. Every step may be repeated.
  async function untilDone({ claim }: Claimed, step: () => Promise<void>) {
    while (!leaving.aborted) {
      try {
        return await step();
      } catch (error) {
        log.error(`${claim.id} can't be finished yet: ${(error as Error).message}`);
        await pause(timing.scanEvery, undefined, { signal: leaving }).catch(() => {});
      }
    }
  }
}

function unfollowed(error: Error): EngineEnd {
  return { ran: true, exitCode: null, failure: error.message };
}
