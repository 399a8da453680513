import type { JobError } from "../../core/jobs/outcome.ts";
import type { CancelRequest, Claim } from "../../core/jobs/running.ts";
import { EXIT, type Lane } from "../../core/jobs/states.ts";
import type { EngineEnd } from "../engine/follow.ts";

/** What is to be done with a job whose engine has ended. */
export type Decision =
  | { then: "archive"; cancelled?: CancelRequest; stopped?: CancelRequest; error?: JobError }
  | { then: "retry"; used: number; backoff: boolean; error?: JobError };

// An engine that is stopped again and again, and not by its worker, does not come back for ever.
const FREE_TURNS = 20;

/**
 * Decides between archive and another attempt: from how the engine ended, the attempts that remain, and a cancel request. A
 * stream that a person stopped and that ended in order is not cancelled, since a stream has no other end.
 */
export function decideOutcome(
  claim: Claim,
  maxAttempts: number,
  ended: EngineEnd,
  cancelRequest: CancelRequest | undefined,
  lane?: Lane,
): Decision {
  const { result, reason, exitCode } = ended;
  if (cancelRequest && lane === "stream" && result && exitCode !== EXIT.cancelled)
    return { then: "archive", stopped: cancelRequest, ...(result.error && { error: result.error }) };
  if (cancelRequest && (!result || cancelRequest.at <= result.finishedAt || exitCode === EXIT.cancelled))
    return {
      then: "archive",
      cancelled: cancelRequest,
      ...(cancelRequest.reason && { error: { message: `cancelled: ${cancelRequest.reason}` } }),
    };
  const error = errorOf(ended, claim);
  const stopped = exitCode === EXIT.cancelled || (reason === "stop" && !result);
  const free = claim.claimNumber - claim.attempt < FREE_TURNS || (lane === "stream" && reason === "stop");
  if (stopped && reason !== "timeout" && free)
    return { then: "retry", used: claim.attempt - 1, backoff: false, ...(error && { error }) };
  if (exitCode === EXIT.succeeded && result) return { then: "archive", ...(error && { error }) };
  if (exitCode === EXIT.badJob && result) return { then: "archive", ...(error && { error }) };
  if (claim.attempt >= maxAttempts) return { then: "archive", ...(error && { error }) };
  return { then: "retry", used: claim.attempt, backoff: true, ...(error && { error }) };
}

/** The pause before the attempt after `used`: doubling, capped, with full jitter so that many do not return at once. */
export function retryPause(used: number, timing: { backoffBase: number; backoffCap: number }): number {
  return Math.random() * Math.min(timing.backoffCap, timing.backoffBase * 2 ** (used - 1));
}

function errorOf({ result, reason, exitCode, signal, failure }: EngineEnd, claim: Claim): JobError | undefined {
  if (reason === "timeout" && exitCode !== EXIT.succeeded) {
    const minutes = `${claim.timeoutMinutes} ${claim.timeoutMinutes === 1 ? "minute" : "minutes"}`;
    return { message: `The attempt took longer than ${minutes} and was ended.`, hint: "Raise timeoutMinutes." };
  }
  if (result) return result.error;
  if (failure) return { message: `The engine could not be started or followed: ${failure}` };
  const how = signal ? `killed by ${signal}` : exitCode === null ? "its process is gone" : `exit code ${exitCode}`;
  return { message: `The engine crashed: it ended without a result (${how}).`, hint: "The log shows its last words." };
}
