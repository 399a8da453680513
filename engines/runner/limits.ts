import type { NewEvent, PlannedStep } from "../../core/jobs/events.ts";
import type { Job } from "../../core/jobs/job.ts";
import type { JobError, Outcome } from "../../core/jobs/outcome.ts";
import { EXIT, type ItemNoun } from "../../core/jobs/states.ts";
import type { Settings } from "../../core/settings.ts";

/** What an attempt is given: the job, what earlier attempts did, and where to tell what happens. */
export interface AttemptOptions {
  job: Job;
  attempt: number;
  /** What the outcomes are about, where these are no tables. */
  itemNoun?: ItemNoun;
  settings: Settings;
  /** Spark session ids by slot: all run steps, side by side, and slot 0 plans before. */
  sessions: readonly string[];
  planned?: readonly PlannedStep[];
  /** Outcomes of earlier attempts that succeeded: they are not redone. */
  succeeded: readonly Outcome[];
  signal: AbortSignal;
  /** When its time is over, in milliseconds from now; none where it has no limit. */
  timeout?: number;
  /** How long it may take to end in order once it is told to, in milliseconds. */
  grace?: number;
  emit(event: NewEvent): void;
  proof(proof: object): void;
}

/** How an attempt ended. */
export interface AttemptEnd {
  exitCode: number;
  outcomes: Outcome[];
  error?: JobError;
}

/** What keeps an attempt from lasting longer than it may. */
interface Limits {
  /** The attempt with a signal that also aborts at the timeout. It emits no event after its end. */
  attempt: AttemptOptions;
  /** Resolves with an ending if the attempt does not end by itself within its grace. */
  over: Promise<AttemptEnd>;
  /** The ending to report: it names the timeout if that was the cause. */
  judged(ending: AttemptEnd): AttemptEnd;
  close(): void;
}

const GRACE = 20_000;
// The longest delay of a timer of Node. A longer limit counts as none.
const LONGEST = 2 ** 31 - 1;

/** Limits an attempt by its timeout, and by its grace once it has been told to end. */
export function timeLimits(attempt: AttemptOptions): Limits {
  const { signal, timeout = Number.POSITIVE_INFINITY, grace = GRACE, job } = attempt;
  const late = new AbortController();
  const ended = new Map<string, Outcome>();
  const over = Promise.withResolvers<AttemptEnd>();
  let closed = false;
  let forced: NodeJS.Timeout | undefined;
  const timer = timeout < LONGEST ? setTimeout(() => late.abort(), timeout) : undefined;
  const reported = AbortSignal.any([signal, late.signal]);
  const onTold = () => {
    forced = setTimeout(giveUp, grace);
  };
  if (reported.aborted) onTold();
  else reported.addEventListener("abort", onTold, { once: true });

  return {
    attempt: {
      ...attempt,
      signal: reported,
      emit(event) {
        if (closed) return;
        if (event.event === "table-ended") ended.set(event.table, event.outcome);
        attempt.emit(event);
      },
      proof: proof => !closed && attempt.proof(proof),
    },
    over: over.promise,
    judged: ending =>
      late.signal.aborted && ending.exitCode === EXIT.cancelled ? { ...ending, ...tooLate() } : ending,
    close() {
      closed = true;
      clearTimeout(timer);
      clearTimeout(forced);
      reported.removeEventListener("abort", onTold);
    },
  };

  function giveUp() {
    const outcomes = [...attempt.succeeded, ...ended.values()];
    const message = `It was told to end, and what it waited for did not answer within ${grace / 1000} s.`;
    over.resolve({ exitCode: EXIT.cancelled, outcomes, error: { message } });
  }

  function tooLate(): Pick<AttemptEnd, "exitCode" | "error"> {
    const minutes = `${job.timeoutMinutes} ${job.timeoutMinutes === 1 ? "minute" : "minutes"}`;
    const message = `The attempt took longer than ${minutes} and was ended.`;
    return { exitCode: EXIT.failed, error: { message, hint: "Raise timeoutMinutes." } };
  }
}
