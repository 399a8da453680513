import type { JobFile } from "./envelope.ts";
import { followUpId } from "./id.ts";
import type { Job } from "./job.ts";
import type { Outcome } from "./outcome.ts";

/** A table as a follow-up gets it: pinned to what was proven, not to what is current by then. */
export interface ProvenTable {
  name: string;
  snapshot?: string;
  metadataFile?: string;
}

/** The tables of a job that a follow-up works on: those that succeeded, under their last name. */
export function provenTables(outcomes: readonly Outcome[]): ProvenTable[] {
  return outcomes
    .filter(outcome => outcome.outcome === "succeeded")
    .map(({ target, targetSnapshot, metadataFile }) => ({
      name: target.slice(target.lastIndexOf(".") + 1),
      ...(targetSnapshot && { snapshot: targetSnapshot }),
      ...(metadataFile && { metadataFile }),
    }));
}

/**
 * The first follow-up of a job that has ended, or nothing: no follow-up, or no table succeeded. `handed` is what the
 * job's type hands on (see engines/engine.ts), `accepts` the parameter names of the follow-up's type.
 */
export function followUpOf(job: Job, handed: Record<string, unknown>, accepts: readonly string[]): JobFile | undefined {
  const [next, ...rest] = job.then;
  if (!next) return undefined;
  const known = Object.entries(handed).filter(([key]) => accepts.includes(key));
  return {
    type: next.type,
    parameters: { ...Object.fromEntries(known), ...next.parameters },
    ...(rest.length > 0 && { then: rest }),
    ...(job.maxAttempts > 1 && { maxAttempts: job.maxAttempts }),
    ...(job.priority !== 0 && { priority: job.priority }),
    ...(job.note !== undefined && { note: job.note }),
    id: followUpId(job.id),
    via: "follow-up",
    submittedBy: job.submittedBy,
    parent: job.id,
  };
}
