import { setTimeout as pause } from "node:timers/promises";
import type { NewEvent, PlannedStep } from "../jobs/events.ts";
import type { Job } from "../jobs/job.ts";
import type { JobError, Outcome } from "../jobs/outcome.ts";
import { EXIT } from "../jobs/states.ts";
import { counted, TABLES, type Thing } from "../jobs/thing.ts";
import type { Settings } from "../settings.ts";
import type { Session } from "../spark/session.ts";
import type { Engine, Plan } from "./engine.ts";
import { isUnavailable, sentence } from "./sentence.ts";
import { runSteps } from "./steps.ts";

/** What an attempt is given: the job, what earlier attempts did, and where to tell what happens. */
export interface Attempt {
  job: Job;
  attempt: number;
  /** What the outcomes are about, where these are no tables. */
  thing?: Thing;
  settings: Settings;
  /** Spark session ids by slot: all run steps, side by side, and slot 0 plans before. */
  sessions: readonly string[];
  planned?: readonly PlannedStep[];
  /** Outcomes of earlier attempts that succeeded: they are not redone. */
  succeeded: readonly Outcome[];
  signal: AbortSignal;
  emit(event: NewEvent): void;
  proof(proof: object): void;
}

/** How an attempt ended. */
export interface Ending {
  exitCode: number;
  outcomes: Outcome[];
  error?: JobError;
}

/** Plans a job without changing anything. */
export async function planJob(engine: Engine, attempt: Attempt): Promise<Plan> {
  return await withSessions(attempt, session => engine.plan({ ...attempt, spark: () => session(0) }));
}

/** One attempt at a job, from plan to exit code. Never throws: what goes wrong is in the ending. */
export async function runAttempt(engine: Engine, attempt: Attempt): Promise<Ending> {
  try {
    return await withSessions(attempt, async session => {
      const plan = await engine.plan({ ...attempt, spark: () => session(0) });
      attempt.emit({ event: "planned", steps: plan.steps.map(plannedStep), parallel: plan.parallel });
      if (plan.steps.length === 0)
        return {
          exitCode: EXIT.failed,
          outcomes: [],
          error: { message: `There is nothing to do: no ${(attempt.thing ?? TABLES)[0]} was found.` },
        };
      const done = new Set(attempt.succeeded.map(outcome => outcome.table));
      const rest = { ...plan, steps: plan.steps.filter(step => !done.has(step.table)) };
      const { outcomes, unavailable } = await runSteps(engine, rest, { ...attempt, session });
      return endingOf([...attempt.succeeded, ...outcomes], unavailable, attempt);
    });
  } catch (error) {
    const exitCode = attempt.signal.aborted ? EXIT.cancelled : isUnavailable(error) ? EXIT.unavailable : EXIT.failed;
    return { exitCode, outcomes: [...attempt.succeeded], error: sentence(error) };
  }
}

function plannedStep({ table, target, action, why, rows, bytes }: PlannedStep): PlannedStep {
  return { table, target, action, ...(why && { why }), ...(rows && { rows }), ...(bytes && { bytes }) };
}

function endingOf(outcomes: Outcome[], unavailable: boolean, { signal, thing }: Attempt): Ending {
  const failed = outcomes.filter(outcome => outcome.outcome === "failed");
  // Whatever was to be done is done, also where the wish to stop came in the meantime.
  const done = outcomes.every(({ outcome }) => outcome === "succeeded" || outcome === "skipped");
  if (signal.aborted && !done) return { exitCode: EXIT.cancelled, outcomes };
  if (failed.length === 0) return { exitCode: EXIT.succeeded, outcomes };
  const exitCode = unavailable ? EXIT.unavailable : EXIT.failed;
  const [only] = outcomes;
  if (outcomes.length === 1 && only?.error) return { exitCode, outcomes, error: only.error };
  return {
    exitCode,
    outcomes,
    error: { message: `${failed.length} of ${counted(outcomes.length, thing)} failed: ${names(failed)}` },
  };
}

function names(failed: readonly Outcome[]): string {
  const shown = failed.slice(0, 5).map(outcome => outcome.table);
  return `${shown.join(", ")}${failed.length > 5 ? ` and ${failed.length - 5} more` : ""}`;
}

// Opens each slot's session at its first use and releases all of them at the end, whatever happened.
async function withSessions<T>(
  attempt: Attempt,
  use: (session: (slot: number, how?: "again") => Promise<Session>) => Promise<T>,
): Promise<T> {
  const open = new Map<number, Promise<Session>>();
  const session = (slot: number, how?: "again"): Promise<Session> => {
    const before = open.get(slot);
    if (before && !how) return before;
    // Only the channel is closed: what runs in the session goes on, where its server lives still.
    before?.then(lost => lost.close()).catch(() => undefined);
    const found = openSlot(attempt, slot);
    open.set(slot, found);
    return found;
  };
  try {
    return await use(session);
  } finally {
    const ended = await Promise.allSettled(open.values());
    for (const found of ended) {
      if (found.status === "rejected") continue;
      // Whoever takes the job next makes sure of it; a server that is gone is not waited for.
      await Promise.race([found.value.release().catch(() => undefined), pause(5_000, undefined, { ref: false })]);
      found.value.close();
    }
  }
}

// Spark's client is half of an engine's start, and not every engine asks Spark.
async function openSlot({ settings, sessions, job }: Attempt, slot: number): Promise<Session> {
  const { openTableSession } = await import("../tables/session.ts");
  return await openTableSession(settings, sessions[slot] ?? "", job.id);
}
