import type { Context } from "../context.ts";
import { handleCancelRequests } from "../engine/handle-cancel-requests.ts";
import type { Slots } from "../engine/slots.ts";
import type { Finisher } from "../finish/finisher.ts";
import type { Candidate } from "./candidate.ts";
import { type Claimed, claimJob } from "./claim.ts";
import type { Waiting } from "./waiting.ts";

/** Takes what waits into free slots, and handles cancel requests. */
export interface Taking {
  takeUp(): void;
  /** Fills free slots as soon as others have run: a burst of short jobs must not keep the worker from everything else. */
  fillSoon(): void;
  /** From now on nothing is taken. */
  stop(): void;
}

/** What taking needs to know, and calls: `onChanged` when a file was not as it was read, `onTaken` when slots were filled. */
export interface TakingEvents {
  isFull(): boolean;
  onChanged(): void;
  onTaken(): void;
}

/** Claims jobs from the waiting list as slots become free. */
export function createTaking(
  context: Context,
  waiting: Waiting,
  slots: Slots,
  finisher: Finisher,
  { isFull, onChanged, onTaken }: TakingEvents,
): Taking {
  const { log } = context;
  const start = (claimed: Claimed) => startJob(context, finisher, claimed);
  let filling: NodeJS.Immediate | undefined;
  let stopped = false;
  return { takeUp, fillSoon, stop };

  function takeUp() {
    if (stopped) return;
    handleCancelRequests(context, {
      running: id => slots.end(id, "cancel"),
      waiting: id => waiting.byId(id),
      queued: candidate => take(candidate, finisher.cancel),
    });
    fill();
  }

  function fill() {
    clearImmediate(filling);
    filling = undefined;
    for (let room = true; room && !stopped && !isFull(); ) {
      const candidate = waiting.next(slots.isFree, slots.written, Date.now());
      room = candidate !== undefined;
      if (candidate) take(candidate, start);
    }
    onTaken();
  }

  function fillSoon() {
    filling ??= setImmediate(fill);
  }

  function take(candidate: Candidate, then: (claimed: Claimed) => void) {
    const claimed = claim(candidate);
    if (claimed) then(claimed);
  }

  function claim(candidate: Candidate): Claimed | undefined {
    waiting.remove(candidate.name);
    try {
      const claimed = claimJob(context, candidate);
      if (!claimed) onChanged();
      return claimed;
    } catch (error) {
      log.error(`${candidate.name} can't be taken: ${(error as Error).message}`);
      return undefined;
    }
  }

  function stop() {
    stopped = true;
  }
}

function startJob({ log }: Context, finisher: Finisher, claimed: Claimed): void {
  const { claim, type, job } = claimed;
  const attempt = claim.attempt > 1 ? `, attempt ${claim.attempt}` : "";
  log.info(`${claim.id} starts: ${type.title(job.parameters)}${attempt}`);
  finisher.start(claimed);
}
