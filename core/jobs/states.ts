/** Where a job is in its life. */
export const STATES = ["queued", "running", "succeeded", "failed", "cancelled"] as const;
export type JobState = (typeof STATES)[number];

/** How a job ended. */
export const STATUSES = ["succeeded", "failed", "cancelled"] as const;
export type Status = (typeof STATUSES)[number];

/** What happened to one table, file or script. */
export const OUTCOMES = ["succeeded", "failed", "skipped", "cancelled"] as const;
export type OutcomeState = (typeof OUTCOMES)[number];

/** How a job was submitted. */
export const SUBMISSION_CHANNELS = ["portal", "api", "command", "hand", "follow-up", "schedule"] as const;
export type Via = (typeof SUBMISSION_CHANNELS)[number];

/** Which slots a job uses: long copies never block a small job. */
export const LANES = ["copy", "light", "stream"] as const;
export type Lane = (typeof LANES)[number];

/** What an engine's exit code says. */
export const EXIT = { succeeded: 0, failed: 1, badJob: 2, unavailable: 3, cancelled: 130 } as const;

/** How many light jobs run at once. */
export const LIGHT_SLOTS = 4;

/** What a job works on, one of them and many. */
export type ItemNoun = readonly [one: string, many: string];

/** What most jobs work on. */
export const TABLES: ItemNoun = ["table", "tables"];

/** `1 table`, `5 tables`. */
export function countItems(count: number, [one, many]: ItemNoun = TABLES): string {
  return `${count} ${count === 1 ? one : many}`;
}
