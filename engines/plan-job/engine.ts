import type { PlannedStep } from "../../core/jobs/events.ts";
import { jobOf } from "../../core/jobs/job.ts";
import type { Engine, EngineEntry, Step, StepContext } from "../engine.ts";
import type { PlanJob } from "./parameters.ts";

/** Runs the `plan` of another engine and tells its steps. What stands in the way there is no failure here. */
export function planning(engines: Readonly<Record<string, EngineEntry>>): Engine<PlanJob, undefined> {
  return {
    async plan({ job }) {
      const step = { table: `plan of ${job.parameters.job.type}`, target: "", action: "plan", detail: undefined };
      return { steps: [step], parallel: 1 };
    },
    async run(_, context) {
      const steps = await planInner(engines, context);
      return { outcome: "succeeded", notes: notesOf(steps) };
    },
  };
}

async function planInner(
  engines: Readonly<Record<string, EngineEntry>>,
  { planned: _, job, emit, ...context }: StepContext<PlanJob>,
): Promise<Step[]> {
  const file = job.parameters.job;
  const entry = engines[file.type];
  if (!entry) throw new Error(`unknown type "${file.type}"`);
  const { via, submittedBy, submittedAt } = job;
  const inner = jobOf(job.id, file, entry.type.shape.parse(file.parameters), { via, submittedBy, submittedAt });
  const engine = await entry.load();
  const { steps, parallel, end } = await engine.plan({ ...context, emit, job: inner });
  await end?.();
  emit({ event: "planned", of: file.type, parallel, steps: steps.map(({ detail: _, ...reported }) => reported) });
  return steps;
}

const TOLD = 20;

/** What a plan comes to: how much would be done and skipped, then a line for everything that can't be done. */
export function notesOf(steps: readonly PlannedStep[]): string[] {
  const blocked = steps.filter(step => step.ended?.outcome === "failed");
  const skipped = steps.filter(step => step.ended?.outcome === "skipped");
  const ready = steps.length - blocked.length - skipped.length;
  const more = blocked.length - TOLD;
  return [
    ready > 0 ? `${ready} would be done` : "there is nothing to do",
    ...(skipped.length > 0 ? [`${skipped.length} would be skipped`] : []),
    ...blocked.slice(0, TOLD).map(blocker),
    ...(more > 0 ? [`${more} more can't be done`] : []),
  ];
}

function blocker({ table, ended }: PlannedStep): string {
  const { message, hint } = ended?.error ?? { message: "" };
  return `${table} can't be done: ${message}${hint ? ` ${hint}` : ""}`;
}
