import { setTimeout as pause } from "node:timers/promises";
import type { Session } from "../../connectors/spark/session.ts";
import type { PlannedStep } from "../../core/jobs/events.ts";
import type { Outcome } from "../../core/jobs/outcome.ts";
import { countItems, EXIT, TABLES } from "../../core/jobs/states.ts";
import type { Engine, Plan } from "../engine.ts";
import { isUnavailable, jobErrorOf } from "./job-error.ts";
import { type AttemptEnd, type AttemptOptions, timeLimits } from "./limits.ts";
import { logError, runSteps } from "./steps.ts";

/** Plans a job without changing anything. */
export async function planAttempt(engine: Engine, attempt: AttemptOptions): Promise<Plan> {
  return await withSessions(attempt, async session => {
    const plan = await engine.plan({ ...attempt, spark: () => session(0) });
    await plan.end?.();
    return plan;
  });
}

/**
 * One attempt at a job, from plan to exit code. Never throws: what goes wrong is in the ending. Once it is told to end, or its
 * time is over, it ends within its grace, whatever Spark or a driver is still waiting for.
 */
export async function runAttempt(engine: Engine, attempt: AttemptOptions): Promise<AttemptEnd> {
  const limits = timeLimits(attempt);
  try {
    return limits.judged(await Promise.race([attemptAll(engine, limits.attempt), limits.over]));
  } finally {
    limits.close();
  }
}

async function attemptAll(engine: Engine, attempt: AttemptOptions): Promise<AttemptEnd> {
  try {
    return await withSessions(attempt, async session => {
      const plan = await engine.plan({ ...attempt, spark: () => session(0) });
      attempt.emit({ event: "planned", steps: plan.steps.map(plannedStep), parallel: plan.parallel });
      if (plan.steps.length === 0)
        return {
          exitCode: EXIT.failed,
          outcomes: [],
          error: { message: `There is nothing to do: no ${(attempt.itemNoun ?? TABLES)[0]} was found.` },
        };
      const done = new Set(attempt.succeeded.map(outcome => outcome.table));
      const rest = { ...plan, steps: plan.steps.filter(step => !done.has(step.table)) };
      const { outcomes, unavailable } = await runSteps(engine, rest, { ...attempt, session }).finally(() =>
        plan.end?.(),
      );
      return endingOf([...attempt.succeeded, ...outcomes], unavailable, attempt);
    });
  } catch (error) {
    if (!attempt.signal.aborted) logError(error, attempt.settings);
    const exitCode = attempt.signal.aborted ? EXIT.cancelled : isUnavailable(error) ? EXIT.unavailable : EXIT.failed;
    return { exitCode, outcomes: [...attempt.succeeded], error: jobErrorOf(error) };
  }
}

function plannedStep({ table, target, action, why, rows, bytes }: PlannedStep): PlannedStep {
  return { table, target, action, ...(why && { why }), ...(rows && { rows }), ...(bytes && { bytes }) };
}

function endingOf(outcomes: Outcome[], unavailable: boolean, { signal, itemNoun }: AttemptOptions): AttemptEnd {
  const failed = outcomes.filter(outcome => outcome.outcome === "failed");
  // A job that had finished all of its steps before a cancel request took effect has succeeded.
  const done = outcomes.every(({ outcome }) => outcome === "succeeded" || outcome === "skipped");
  if (signal.aborted && !done) return { exitCode: EXIT.cancelled, outcomes };
  if (failed.length === 0) return { exitCode: EXIT.succeeded, outcomes };
  const exitCode = unavailable ? EXIT.unavailable : EXIT.failed;
  const [only] = outcomes;
  if (outcomes.length === 1 && only?.error) return { exitCode, outcomes, error: only.error };
  return {
    exitCode,
    outcomes,
    error: { message: `${failed.length} of ${countItems(outcomes.length, itemNoun)} failed: ${names(failed)}` },
  };
}

function names(failed: readonly Outcome[]): string {
  const shown = failed.slice(0, 5).map(outcome => outcome.table);
  return `${shown.join(", ")}${failed.length > 5 ? ` and ${failed.length - 5} more` : ""}`;
}

// Opens each slot's session at its first use and releases all of them at the end, whatever happened.
async function withSessions<T>(
  attempt: AttemptOptions,
  use: (session: (slot: number, how?: "again") => Promise<Session>) => Promise<T>,
): Promise<T> {
  const open = new Map<number, Promise<Session>>();
  const session = (slot: number, how?: "again"): Promise<Session> => {
    const before = open.get(slot);
    if (before && !how) return before;
    // Closes the connection only. Statements that still run in the session go on.
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
      // Best effort, within five seconds: before another attempt the worker makes sure that the sessions are gone.
      await Promise.race([found.value.release().catch(() => undefined), pause(5_000, undefined, { ref: false })]);
      found.value.close();
    }
  }
}

// Imported when it is needed: Spark's client takes half of an engine's start, and not every engine needs Spark.
async function openSlot({ settings, sessions, job }: AttemptOptions, slot: number): Promise<Session> {
  const { openTableSession } = await import("../../connectors/iceberg/session.ts");
  return await openTableSession(settings, sessions[slot] ?? "", job.id);
}
