import type { NewEvent } from "../jobs/events.ts";
import type { Job } from "../jobs/job.ts";
import type { Outcome } from "../jobs/outcome.ts";
import type { Settings } from "../settings.ts";
import { OperationCancelled } from "../spark/errors.ts";
import type { Session } from "../spark/session.ts";
import type { Engine, Plan, Step, StepContext } from "./engine.ts";
import { isUnavailable, sentence } from "./sentence.ts";

/** What the steps of one attempt share. `session` opens the Spark session of a slot, once. */
export interface Run {
  job: Job;
  attempt: number;
  settings: Settings;
  signal: AbortSignal;
  planned?: StepContext["planned"];
  session(slot: number, how?: "again"): Promise<Session>;
  emit(event: NewEvent): void;
  proof(proof: object): void;
}

/** Runs a plan's steps side by side, each slot with a Spark session of its own. One failed step never stops the others. */
export async function runSteps(
  engine: Engine,
  plan: Plan,
  run: Run,
): Promise<{ outcomes: Outcome[]; unavailable: boolean }> {
  const outcomes: Outcome[] = [];
  const waiting = [...plan.steps];
  let unavailable = false;
  // The plan's session, slot 0, has nothing more to do and has its catalogs open already.
  const slots = Array.from({ length: Math.max(1, Math.min(plan.parallel, plan.steps.length)) }, (_, i) => i);
  await Promise.all(
    slots.map(async slot => {
      for (let step = waiting.shift(); step; step = waiting.shift()) {
        const { outcome, lost } = await runStep(engine, step, contextOf(run, slot));
        unavailable ||= lost;
        outcomes.push(outcome);
        run.emit({ event: "table-ended", table: outcome.table, outcome });
      }
    }),
  );
  return { outcomes, unavailable };
}

function contextOf(run: Run, slot: number): StepContext {
  return {
    job: run.job,
    attempt: run.attempt,
    settings: run.settings,
    signal: run.signal,
    ...(run.planned && { planned: run.planned }),
    spark: how => run.session(slot, how),
    emit: run.emit,
    proof: run.proof,
  };
}

async function runStep(engine: Engine, step: Step, context: StepContext): Promise<{ outcome: Outcome; lost: boolean }> {
  const { table, target } = step;
  const base = { table, target, seconds: 0 };
  if (step.ended) return { outcome: { ...base, ...step.ended }, lost: false };
  if (context.signal.aborted) return { outcome: { ...base, outcome: "cancelled" }, lost: false };
  const started = performance.now();
  const seconds = () => Math.round(performance.now() - started) / 1000;
  context.emit({ event: "table-started", table, target, action: step.action });
  try {
    const ended = await engine.run(step, context);
    return { outcome: { ...base, ...ended, seconds: seconds() }, lost: false };
  } catch (error) {
    const cancelled = context.signal.aborted || error instanceof OperationCancelled;
    const outcome = cancelled ? "cancelled" : "failed";
    return { outcome: { ...base, outcome, seconds: seconds(), error: sentence(error) }, lost: isUnavailable(error) };
  }
}
