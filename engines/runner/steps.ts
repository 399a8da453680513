import pMap from "p-map";
import { withCauses } from "../../connectors/spark/describe-error.ts";
import { OperationCancelled, SparkError } from "../../connectors/spark/errors.ts";
import type { Session } from "../../connectors/spark/session.ts";
import type { NewEvent } from "../../core/jobs/events.ts";
import type { Job } from "../../core/jobs/job.ts";
import type { Outcome } from "../../core/jobs/outcome.ts";
import type { Settings } from "../../core/settings.ts";
import type { Engine, Plan, Step, StepContext } from "../engine.ts";
import { concealing } from "./conceal.ts";
import { isUnavailable, jobErrorOf } from "./job-error.ts";

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
  let unavailable = false;
  const concurrency = Math.max(1, Math.min(plan.parallel, plan.steps.length));
  // The plan's session, slot 0, has nothing more to do and has its catalogs open already.
  const free = Array.from({ length: concurrency }, (_, slot) => slot);
  const runInSlot = async (step: Step) => {
    // There are as many slots as steps run at once.
    const slot = free.shift() as number;
    const { outcome, lost } = await runStep(engine, step, contextOf(run, slot));
    free.unshift(slot);
    unavailable ||= lost;
    outcomes.push(outcome);
    run.emit({ event: "table-ended", table: outcome.table, outcome });
  };
  await pMap(plan.steps, runInSlot, { concurrency });
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
  if (step.ended) {
    const { error } = step.ended;
    const refused = step.ended.outcome === "failed" && error && { error: { ...error, refused: true as const } };
    return { outcome: { ...base, ...step.ended, ...refused }, lost: false };
  }
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
    if (!cancelled) logError(error, context.settings);
    return { outcome: { ...base, outcome, seconds: seconds(), error: jobErrorOf(error) }, lost: isUnavailable(error) };
  }
}

/** Writes what Spark itself said of a failure into the job's log, whole: records and pages have a sentence instead. */
export function logError(error: unknown, settings: Settings): void {
  if (!(error instanceof SparkError) || isUnavailable(error)) return;
  const { message } = concealing(settings)({ message: withCauses(error) });
  console.error(`Spark's own words:\n${message.trimEnd()}`);
}
