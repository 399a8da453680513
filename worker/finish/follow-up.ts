import type { JobFile } from "../../core/jobs/envelope.ts";
import { followUpOf } from "../../core/jobs/followups.ts";
import type { Job } from "../../core/jobs/job.ts";
import type { Outcome } from "../../core/jobs/outcome.ts";
import { submitOnce } from "../../core/store/submit.ts";
import type { JobType } from "../../engines/engine.ts";
import type { Context } from "../context.ts";

/** The job that follows one that ended, with what was proven there; none if nothing succeeded. */
export function followUpFor(
  { types }: Context,
  job: Job,
  type: JobType,
  outcomes: readonly Outcome[],
): (JobFile & { id: string }) | undefined {
  const next = job.then[0] && types[job.then[0].type];
  if (!next || !outcomes.some(outcome => outcome.outcome === "succeeded")) return undefined;
  const handed = type.followUpParameters?.(job.parameters, outcomes) ?? {};
  const file = followUpOf(job, handed, Object.keys(next.shape.shape));
  return file?.id ? { ...file, id: file.id } : undefined;
}

/** Submits a follow-up, unless that was done before the worker was interrupted. */
export function submitFollowUp({ layout, log }: Context, file: JobFile & { id: string }): void {
  if (submitOnce(layout, file)) log.info(`${file.id} follows`);
}
