import { z } from "zod";
import type { JobFile } from "./envelope.ts";
import { type Job, jobOf, originShape } from "./job.ts";
import { jobErrorShape, outcomeShape } from "./outcome.ts";

export const processIdentityShape = z.strictObject({
  pid: z.number(),
  start: z.string().describe("When it started, as the kernel counts it."),
  bootId: z.string(),
});

/** Which process this is, so that it is never taken for another that got its pid later. */
export type ProcessIdentity = z.infer<typeof processIdentityShape>;

export const claimShape = z
  .strictObject({
    id: z.string(),
    type: z.string(),
    attempt: z.number().describe("Counts what maxAttempts limits."),
    claimNumber: z.number().describe("Counts every claim, also those after an orderly stop, which uses no attempt."),
    host: z.string(),
    claimedAt: z.string(),
    origin: originShape,
    trusted: z
      .boolean()
      .describe("Whether the file belonged to the worker's own user, so that its parent and retryOf are believed."),
    takenFrom: z.string().describe("The name in queue/ that it was taken from."),
    timeoutMinutes: z.number().exactOptional(),
    sessions: z
      .array(z.string())
      .describe("The Spark sessions of this claim by slot: 0 plans, 1 and up run steps. An engine opens no others."),
  })
  .meta({ id: "Claim" });

/** `running/<id>.claim.json`: the worker took the job. */
export type Claim = z.infer<typeof claimShape>;

export const engineMarkShape = processIdentityShape
  .extend({ attempt: z.number(), claimNumber: z.number() })
  .meta({ id: "EngineMark" });

/** `running/<id>.engine.json`: the engine's first act. */
export type EngineMark = z.infer<typeof engineMarkShape>;

export const resultShape = z
  .strictObject({
    id: z.string(),
    attempt: z.number(),
    exitCode: z.number(),
    finishedAt: z.string(),
    outcomes: z.array(outcomeShape),
    error: jobErrorShape.exactOptional(),
  })
  .meta({ id: "EngineResult" });

/** `running/<id>.result.json`: the engine's last act. */
export type EngineResult = z.infer<typeof resultShape>;

export const retryShape = z
  .strictObject({
    used: z.number().describe("Attempts used so far."),
    closes: z
      .number()
      .describe("The claim that this note closes: while it is still there, the requeue is not finished."),
    notBefore: z.string(),
    origin: originShape,
    trusted: z.boolean(),
  })
  .meta({ id: "Retry" });

/** `running/<id>.retry.json`: another attempt was decided. It stays until the job has ended. */
export type Retry = z.infer<typeof retryShape>;

export const cancelRequestShape = z
  .strictObject({ by: z.string(), at: z.string(), reason: z.string().exactOptional() })
  .meta({ id: "CancelRequest" });

/** `queue/cancel/<id>.json`: a cancel request. */
export type CancelRequest = z.infer<typeof cancelRequestShape>;

/** The exit code of an engine that found another one already at work on its claim. */
export const EXIT_ALREADY_RUNNING = 4;

/** The job of a claim; `parameters` are those of its file with their defaults filled in. */
export function jobOfClaim(claim: Claim, file: JobFile, parameters: Record<string, unknown>): Job {
  const { parent, retryOf, ...job } = jobOf(claim.id, file, parameters, claim.origin);
  if (!claim.trusted) return job;
  return { ...job, ...(parent !== undefined && { parent }), ...(retryOf !== undefined && { retryOf }) };
}
