import { jobOf } from "../../jobs/job.ts";
import type { Engine, EngineEntry, Step, StepContext } from "../engine.ts";
import { notesOf } from "./notes.ts";
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
  const { steps, parallel } = await engine.plan({ ...context, emit, job: inner });
  emit({ event: "planned", of: file.type, parallel, steps: steps.map(({ detail: _, ...told }) => told) });
  return steps;
}
