import { z } from "zod";
import type { FollowUp, JobFile } from "./envelope.ts";
import { SUBMISSION_CHANNELS } from "./states.ts";

export const originShape = z.strictObject({
  via: z.enum(SUBMISSION_CHANNELS),
  submittedBy: z.string(),
  submittedAt: z.string(),
  file: z.string().exactOptional().describe("The name of a file that was dropped by hand."),
  fileSha256: z.string().exactOptional(),
});

/** Where a job came from, as the worker established it. */
export type Origin = z.infer<typeof originShape>;

/** One job, as the worker and its engine see it. `parameters` have passed the shape of its type, defaults filled in. */
export interface Job<P = Record<string, unknown>> extends Origin {
  id: string;
  type: string;
  parameters: P;
  then: FollowUp[];
  maxAttempts: number;
  timeoutMinutes?: number;
  priority: number;
  note?: string;
  parent?: string;
  retryOf?: string;
  /** The submitted file, whole. */
  submitted: JobFile;
}

/** A job from its file, its id and its origin; `parameters` already with their defaults. */
export function jobOf(id: string, file: JobFile, parameters: Record<string, unknown>, origin: Origin): Job {
  const { timeoutMinutes, note, parent, retryOf } = file;
  return {
    ...origin,
    id,
    type: file.type,
    parameters,
    then: file.then ?? [],
    maxAttempts: file.maxAttempts ?? 1,
    priority: file.priority ?? 0,
    ...(timeoutMinutes !== undefined && { timeoutMinutes }),
    ...(note !== undefined && { note }),
    ...(parent !== undefined && { parent }),
    ...(retryOf !== undefined && { retryOf }),
    submitted: file,
  };
}
