import { z } from "zod";
import { envelopeShape } from "../../core/jobs/envelope.ts";
import { checkTypes } from "../../core/jobs/parse/parse.ts";
import type { JobType } from "../engine.ts";

// Where a job comes from and what it is called says nothing about what it would do.
const origin = { id: true, via: true, submittedBy: true, submittedAt: true, parent: true, retryOf: true } as const;
const inner = envelopeShape.omit(origin);

/** What a `plan-job` job asks for: a job as its file would say it. */
export interface PlanJob {
  job: z.infer<typeof inner>;
}

/** What a job of one of these types would do, without doing it. The inner job is checked as deep as a job file is. */
export function planJob(types: Readonly<Record<string, JobType>>): JobType<PlanJob> {
  const job = inner.superRefine((file, context) => {
    const nested = { path: ["type"], message: "a plan can't be planned: write the job itself here" };
    const problems = file.type === "plan-job" ? [nested] : checkTypes(file, types);
    for (const { path, message } of problems) context.addIssue({ code: "custom", path, message });
  });
  return {
    type: "plan-job",
    lane: "light",
    readOnly: true,
    itemNoun: ["plan", "plans"],
    shape: z.strictObject({ job }),
    title: parameters => `Plan: ${titleOf(parameters.job, types)}`,
    writes: () => [],
  };
}

function titleOf({ type, parameters }: PlanJob["job"], types: Readonly<Record<string, JobType>>): string {
  const known = types[type];
  return known ? known.title(known.shape.parse(parameters)) : type;
}
