import { isGone } from "../../connectors/spark/ending.ts";
import { ServerLost, SparkError } from "../../connectors/spark/errors.ts";
import { isUnavailable, jobErrorOf } from "../runner/job-error.ts";

/** Whether it is worth to wait. A session that somebody has released never comes back: the next attempt has another. */
export function isWorthWaiting(error: unknown): boolean {
  if (error instanceof SparkError && error.errorClass === "INVALID_HANDLE.SESSION_CLOSED") return false;
  return error instanceof ServerLost || isGone(error) || isUnavailable(error);
}

/** Whether another start can't help. */
export function isFinal(error: unknown): boolean {
  return !(error instanceof SparkError) || isGone(error) || isLoss(error);
}

// What retention has taken before it was read does not come back by another try.
function isLoss(error: unknown): boolean {
  return LOSS.test(error instanceof SparkError ? `${error.message} ${error.serverCause}` : "");
}

const LOSS = /some data may have been (lost|missed)|KAFKA_DATA_LOSS/i;

/** The same error, or what a person has to know where lines are gone. */
export function describeLoss(error: unknown): unknown {
  if (!isLoss(error)) return error;
  return new Error(
    `Lines are gone from the topic before they were read, by its retention or because it was made anew, so the stream stops here: ${jobErrorOf(error).message} To go on without them, follow the topic into another table.`,
    { cause: error },
  );
}
