import type { JobFile } from "./envelope.ts";
import { type Job, jobOf, type Origin } from "./job.ts";
import type { JobError, Outcome } from "./outcome.ts";

/** Which process this is, so that it is never taken for another that got its pid later. */
export interface ProcessIdentity {
  pid: number;
  /** When it started, as the kernel counts it. */
  start: string;
  bootId: string;
}

/** `running/<id>.claim.json`: the worker took the job. */
export interface Claim {
  id: string;
  type: string;
  /** Counts what `maxAttempts` limits. */
  attempt: number;
  /** Counts every claim, also those after an orderly stop, which uses no attempt. */
  turn: number;
  host: string;
  claimedAt: string;
  origin: Origin;
  /** Whether the file belonged to the worker's own user, so that its `parent` and `retryOf` are believed. */
  trusted: boolean;
  /** The name in queue/ that it was taken from. */
  takenFrom: string;
  timeoutMinutes?: number;
  /** The Spark sessions of this turn by slot: 0 plans, 1 and up run steps. An engine opens no others. */
  sessions: string[];
}

/** `running/<id>.engine.json`: the engine's first act. */
export interface EngineMark extends ProcessIdentity {
  attempt: number;
  turn: number;
}

/** `running/<id>.result.json`: the engine's last act. */
export interface EngineResult {
  id: string;
  attempt: number;
  exitCode: number;
  finishedAt: string;
  outcomes: Outcome[];
  error?: JobError;
}

/** `running/<id>.retry.json`: another attempt was decided. It stays until the job has ended. */
export interface Retry {
  /** Attempts used so far. */
  used: number;
  /** The turn that this note closes: while its claim is still there, the requeue is not finished. */
  closes: number;
  notBefore: string;
  origin: Origin;
  trusted: boolean;
}

/** `queue/cancel/<id>.json`: somebody wants the job gone. */
export interface CancelWish {
  by: string;
  at: string;
  reason?: string;
}

/** The exit code of an engine that found another one already at work on its claim. */
export const EXIT_ALREADY_RUNNING = 4;

/** The job of a claim; `parameters` are those of its file with their defaults filled in. */
export function jobOfClaim(claim: Claim, file: JobFile, parameters: Record<string, unknown>): Job {
  const { parent, retryOf, ...job } = jobOf(claim.id, file, parameters, claim.origin);
  if (!claim.trusted) return job;
  return { ...job, ...(parent !== undefined && { parent }), ...(retryOf !== undefined && { retryOf }) };
}
