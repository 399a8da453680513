import { type JobEvent, ownPlan, type PlannedStep } from "../../core/jobs/events.ts";
import type { JobError, Outcome } from "../../core/jobs/outcome.ts";
import { countItems, type ItemNoun, TABLES } from "../../core/jobs/states.ts";

/**
 * The outcome of every table of a job over all its attempts: what the engine reported last, else what the events tell.
 * A table that was planned and never ended gets one too, so that nothing drops out of sight.
 */
export function outcomesOf(
  events: readonly JobEvent[],
  reported: readonly Outcome[],
  cancelled: boolean,
  thing: ItemNoun = TABLES,
): Outcome[] {
  const outcomes = new Map<string, Outcome>();
  for (const step of ownPlan(events) ?? []) outcomes.set(step.table, neverEnded(step, cancelled, thing));
  for (const event of events) if (event.event === "table-ended") outcomes.set(event.table, event.outcome);
  for (const outcome of reported) outcomes.set(outcome.table, outcome);
  return [...outcomes.values()];
}

/** `2 of 5 tables failed: a, b`, if any did. */
export function failedTables(outcomes: readonly Outcome[], thing: ItemNoun = TABLES): JobError | undefined {
  const failed = outcomes.filter(outcome => outcome.outcome === "failed").map(outcome => outcome.table);
  if (failed.length === 0) return undefined;
  const named = failed.length > 10 ? [...failed.slice(0, 10), "…"] : failed;
  return { message: `${failed.length} of ${countItems(outcomes.length, thing)} failed: ${named.join(", ")}` };
}

function neverEnded({ table, target }: PlannedStep, cancelled: boolean, [one]: ItemNoun): Outcome {
  if (cancelled) return { table, target, outcome: "cancelled", seconds: 0 };
  const error = { message: `The engine ended before this ${one} was done.` };
  return { table, target, outcome: "failed", seconds: 0, error };
}
