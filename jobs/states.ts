/** Where a job is in its life. */
export const STATES = ["queued", "running", "succeeded", "failed", "cancelled"] as const;
export type State = (typeof STATES)[number];

/** How a job ended. */
export type Status = "succeeded" | "failed" | "cancelled";

/** What happened to one table, file or script. */
export const OUTCOMES = ["succeeded", "failed", "skipped", "cancelled"] as const;
export type OutcomeState = (typeof OUTCOMES)[number];

/** By which door a job came in. */
export const DOORS = ["portal", "api", "command", "hand", "follow-up", "schedule"] as const;
export type Via = (typeof DOORS)[number];

/** Which slots a job uses: long copies never block a small job. */
export const LANES = ["copy", "light", "stream"] as const;
export type Lane = (typeof LANES)[number];

/** What an engine's exit code says. */
export const EXIT = { succeeded: 0, failed: 1, badJob: 2, unavailable: 3, cancelled: 130 } as const;
