import { createHash } from "node:crypto";

/** How many Spark sessions one claim names: one to plan with (slot 0), and one for each step side by side. */
const SESSION_SLOTS = 17;

/**
 * The id of the Spark session of one slot of one turn of a job, as a UUID. It is derived, so that any worker that finds the
 * claim can end the session. Each turn has new ids, because Spark never reopens a session that was released.
 */
export function sessionId(jobId: string, claimNumber: number, slot: number): string {
  const hex = createHash("sha256").update(`${jobId} ${claimNumber} ${slot}`).digest("hex");
  const variant = ((Number.parseInt(hex.charAt(16), 16) & 3) | 8).toString(16);
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    variant + hex.slice(17, 20),
    hex.slice(20, 32),
  ].join("-");
}

/** The Spark sessions of a turn, by slot. */
export function sessionIds(jobId: string, claimNumber: number): string[] {
  return Array.from({ length: SESSION_SLOTS }, (_, slot) => sessionId(jobId, claimNumber, slot));
}
