import type { JobError } from "../jobs/outcome.ts";
import type { CancelWish, Claim } from "../jobs/running.ts";
import { EXIT, type Lane } from "../jobs/states.ts";
import type { Ended } from "./follow.ts";

/** What is to be done with a job whose engine has ended. */
export type Decision =
  | { then: "archive"; cancelled?: CancelWish; stopped?: CancelWish; error?: JobError }
  | { then: "retry"; used: number; backoff: boolean; error?: JobError };

// An engine that is stopped again and again, and not by its worker, does not come back for ever.
const FREE_TURNS = 20;

/**
 * Decides from how the engine ended, the attempts that remain, and whether somebody wanted the job gone. A stream has no
 * end of its own: one that a person stopped, and that came to its end in order, is not cancelled.
 */
export function decide(
  claim: Claim,
  maxAttempts: number,
  ended: Ended,
  wish: CancelWish | undefined,
  lane?: Lane,
): Decision {
  const { result, reason, exitCode } = ended;
  if (wish && lane === "stream" && result && exitCode !== EXIT.cancelled)
    return { then: "archive", stopped: wish, ...(result.error && { error: result.error }) };
  if (wish && (!result || wish.at <= result.finishedAt || exitCode === EXIT.cancelled))
    return {
      then: "archive",
      cancelled: wish,
      ...(wish.reason && { error: { message: `cancelled: ${wish.reason}` } }),
    };
  const error = errorOf(ended, claim);
  const stopped = exitCode === EXIT.cancelled || (reason === "stop" && !result);
  const free = claim.turn - claim.attempt < FREE_TURNS || (lane === "stream" && reason === "stop");
  if (stopped && reason !== "timeout" && free)
    return { then: "retry", used: claim.attempt - 1, backoff: false, ...(error && { error }) };
  if (exitCode === EXIT.succeeded && result) return { then: "archive", ...(error && { error }) };
  if (exitCode === EXIT.badJob && result) return { then: "archive", ...(error && { error }) };
  if (claim.attempt >= maxAttempts) return { then: "archive", ...(error && { error }) };
  return { then: "retry", used: claim.attempt, backoff: true, ...(error && { error }) };
}

/** The pause before the attempt after `used`: doubling, capped, with full jitter so that many do not return at once. */
export function backoff(used: number, timing: { backoffBase: number; backoffCap: number }): number {
  return Math.random() * Math.min(timing.backoffCap, timing.backoffBase * 2 ** (used - 1));
}

function errorOf({ result, reason, exitCode, signal, failure }: Ended, claim: Claim): JobError | undefined {
  if (reason === "timeout" && exitCode !== EXIT.succeeded) {
    const minutes = `${claim.timeoutMinutes} ${claim.timeoutMinutes === 1 ? "minute" : "minutes"}`;
    return { message: `The attempt took longer than ${minutes} and was ended.`, hint: "Raise timeoutMinutes." };
  }
  if (result) return result.error;
  if (failure) return { message: `The engine could not be started or followed: ${failure}` };
  const how = signal ? `killed by ${signal}` : exitCode === null ? "its process is gone" : `exit code ${exitCode}`;
  return { message: `The engine crashed: it ended without a result (${how}).`, hint: "The log shows its last words." };
}
