import { z } from "zod";
import { auditEventShape } from "../../core/audit/audit-events.ts";
import { eventsHeadShape } from "../../core/audit/event-chain.ts";
import { eventShape } from "../../core/jobs/events.ts";
import { progressShape } from "../../core/jobs/progress.ts";
import { proofLineShape } from "../../core/jobs/proof.ts";
import { recordShape } from "../../core/jobs/record.ts";
import { cancelRequestShape, claimShape, engineMarkShape, resultShape, retryShape } from "../../core/jobs/running.ts";
import { STATES, SUBMISSION_CHANNELS } from "../../core/jobs/states.ts";
import { setUpShape } from "../../core/set-up.ts";
import { arrivedShape } from "../../core/store/arrived.ts";
import { healthHistoryShape, heartbeatShape } from "../../core/store/heartbeat.ts";
import { scheduleStateShape } from "../../core/store/schedule-state.ts";
import { uploadShape } from "../../formats/csv/uploads.ts";

/** A moment in UTC. */
export const instant = z.string().meta({ format: "date-time" });

/** A count that may need 64 bits, as a decimal string. */
export const figure = z.string().regex(/^\d+$/);

/** The cursor of a list. */
export const next = z
  .string()
  .optional()
  .describe("Ask again with before= this for what is older; missing on the last page.");

/** Whether a list may lack something. */
export const incomplete = z
  .boolean()
  .describe("The index is just being compared with the archive: older jobs may be missing.");

const count = z.int().min(0);

/** A job as lists have it, whether it waits, runs or has ended. */
export const jobShape = z
  .strictObject({
    id: z.string().optional().describe("Missing while a file that was dropped by hand waits: the worker gives it one."),
    url: z.string().optional().describe("Where all of the job is."),
    state: z.enum(STATES),
    type: z.string(),
    title: z.string().describe("What it does, in words."),
    parameters: z.record(z.string(), z.unknown()),
    via: z.enum(SUBMISSION_CHANNELS),
    submittedBy: z.string(),
    submittedAt: instant,
    startedAt: instant.optional(),
    finishedAt: instant.optional(),
    seconds: z.number().min(0).optional().describe("How long it ran."),
    attempts: count.optional(),
    tables: z.strictObject({ total: count, succeeded: count, failed: count, skipped: count }).optional(),
    proofs: z.strictObject({ equal: count, agrees: count, notChecked: count, differs: count }).optional(),
    rows: figure.optional(),
    bytes: figure.optional(),
    note: z.string().optional(),
    file: z.string().optional().describe("The name of the file in queue/, where it was dropped by hand."),
    parent: z.string().optional(),
    retryOf: z.string().optional(),
    cancelledBy: z.string().optional(),
    error: z.string().optional(),
  })
  .meta({ id: "Job" });

export type JobSummary = z.infer<typeof jobShape>;

/** A job with everything that is known of it. */
export const wholeJobShape = jobShape
  .extend({
    cancelling: z.boolean().describe("Somebody wants it gone, and the worker has not ended it yet."),
    progress: progressShape.describe("Where each table is, as the events tell it."),
    record: recordShape.optional().describe("The record in the archive, once it has ended."),
  })
  .meta({ id: "WholeJob" });

/** What every error looks like. */
export const errorShape = z
  .strictObject({
    error: z.strictObject({
      message: z.string().describe("What happened and why, in a sentence."),
      hint: z.string().optional().describe("What to do."),
      problems: z.array(z.string()).optional().describe("Everything that is wrong in what was sent: line, field, why."),
      reference: z.string().optional().describe("Names the line of the portal's own log that tells more."),
    }),
  })
  .meta({ id: "Error" });

/** What the files of DATA_DIR hold that programs read back. The description of the API has them all. */
export const fileShapes: readonly z.ZodType[] = [
  ...[recordShape, eventShape, proofLineShape, auditEventShape],
  ...[claimShape, engineMarkShape, resultShape, retryShape, cancelRequestShape],
  ...[heartbeatShape, healthHistoryShape, scheduleStateShape, arrivedShape, eventsHeadShape, uploadShape],
  setUpShape,
];
