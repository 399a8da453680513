import { createHash, createHmac } from "node:crypto";
import canonicalize from "canonicalize";
import { z } from "zod";
import { jobErrorShape, outcomeShape } from "./outcome.ts";
import { receiptShape } from "./receipt.ts";
import { STATUSES, SUBMISSION_CHANNELS } from "./states.ts";

const text = z.string().exactOptional();

const attemptShape = z
  .strictObject({
    attempt: z
      .number()
      .exactOptional()
      .describe("Its number. An orderly stop uses none up, so two entries may have the same."),
    startedAt: z.string(),
    finishedAt: z.string(),
    exitCode: z.number().nullable().describe("null where a signal or a crash ended it."),
    signal: text,
    error: jobErrorShape.exactOptional(),
  })
  .meta({ id: "Attempt" });

/** One attempt at a job. */
export type Attempt = z.infer<typeof attemptShape>;

export const recordShape = z
  .strictObject({
    version: z.literal(1),
    sequence: z.int(),
    id: z.string(),
    type: z.string(),
    parameters: z.record(z.string(), z.unknown()),
    then: z.array(z.unknown()).exactOptional(),
    status: z.enum(STATUSES),
    via: z.enum(SUBMISSION_CHANNELS),
    submittedBy: z.string(),
    note: text,
    file: text,
    fileSha256: text,
    submittedAt: z.string(),
    startedAt: z.string(),
    finishedAt: z.string(),
    exitCode: z.number().nullable(),
    attempts: z.array(attemptShape),
    tables: z.array(outcomeShape),
    receipt: receiptShape
      .exactOptional()
      .describe("What it set out to do beside what it did; absent where it was never planned."),
    parent: text,
    retryOf: text,
    followUps: z.array(z.string()),
    cancelledBy: text,
    stoppedBy: text.describe("Who stopped a stream, which then has succeeded."),
    error: jobErrorShape.exactOptional(),
    proofsSha256: z
      .string()
      .nullable()
      .exactOptional()
      .describe("SHA-256 of the file of its proofs; null where there is none."),
    auditEvents: z
      .array(z.strictObject({ month: z.string(), sequence: z.number(), hash: z.string() }))
      .exactOptional()
      .describe("The newest audit events when it was archived: how many their month had, and the hash of the last."),
    job: z.unknown().describe("The submitted file, whole."),
    previousHash: z.string(),
    hash: z.string(),
  })
  .meta({ id: "Record" });

/** What `archive/<yyyy-mm>/<id>.json` holds: the job, its attempts and outcomes, chained by hash to the record before it. */
export type JobRecord = z.infer<typeof recordShape>;

/** The hash before the first record. */
export const GENESIS = "0".repeat(64);

/** SHA-256 over the canonical JSON (RFC 8785) of a record without its `hash`; an HMAC where a key is set. */
export function recordHash(record: Omit<JobRecord, "hash"> & { hash?: string }, key?: string): string {
  const { hash: _, ...rest } = record;
  const text = canonicalize(JSON.parse(JSON.stringify(rest, wellFormed))) ?? "";
  return key ? createHmac("sha256", key).update(text).digest("hex") : createHash("sha256").update(text).digest("hex");
}

// RFC 8785 knows no half of a surrogate pair, but a note or a message that was cut may end with one.
function wellFormed(_key: string, value: unknown): unknown {
  return typeof value === "string" ? value.toWellFormed() : value;
}
