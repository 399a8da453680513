import { z } from "zod";
import { isId } from "./id.ts";
import { SUBMISSION_CHANNELS } from "./states.ts";

const followUpShape = z.strictObject({
  type: z.string(),
  parameters: z.record(z.string(), z.unknown()).optional(),
});

/** So many jobs may follow a job. */
export const MOST_FOLLOW_UPS = 16;

/** Everything a job file may hold beside what its type asks for. */
export const envelopeShape = z.strictObject({
  type: z.string(),
  parameters: z.record(z.string(), z.unknown()).default({}),
  then: z.array(followUpShape).max(MOST_FOLLOW_UPS).optional(),
  maxAttempts: z.int().min(1).max(20).optional(),
  timeoutMinutes: z.number().positive().max(100_000).optional(),
  priority: z.int().min(-1000).max(1000).optional(),
  note: z.string().max(2000).optional(),
  id: z.string().refine(isId, "expected an id like 20261123T094512123Z-ingest-hive-k3f9q2").optional(),
  via: z.enum(SUBMISSION_CHANNELS).optional(),
  submittedBy: z.string().max(200).optional(),
  submittedAt: z.iso.datetime().optional(),
  parent: z.string().refine(isId, "expected a job id").optional(),
  retryOf: z.string().refine(isId, "expected a job id").optional(),
});

/** A job file as somebody wrote it. */
export type JobFile = z.infer<typeof envelopeShape>;

/** One entry of `then`. */
export type FollowUp = z.infer<typeof followUpShape>;
