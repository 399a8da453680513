import { createHash, createHmac } from "node:crypto";
import canonicalize from "canonicalize";
import type { JobError, Outcome } from "./outcome.ts";
import type { Status, Via } from "./states.ts";

/** One attempt at a job. `exitCode` is null where a signal or a crash ended it. */
export interface Attempt {
  /** Its number. An orderly stop uses none up, so two entries may have the same. */
  attempt?: number;
  startedAt: string;
  finishedAt: string;
  exitCode: number | null;
  signal?: string;
  error?: JobError;
}

/** What `archive/<yyyy-mm>/<id>.json` holds: the job, its attempts and outcomes, chained by hash to the record before it. */
export interface JobRecord {
  version: 1;
  sequence: number;
  id: string;
  type: string;
  parameters: Record<string, unknown>;
  then?: unknown[];
  status: Status;
  via: Via;
  submittedBy: string;
  note?: string;
  file?: string;
  fileSha256?: string;
  submittedAt: string;
  startedAt: string;
  finishedAt: string;
  exitCode: number | null;
  attempts: Attempt[];
  tables: Outcome[];
  parent?: string;
  retryOf?: string;
  followUps: string[];
  cancelledBy?: string;
  /** Who stopped a stream, which then has succeeded. */
  stoppedBy?: string;
  error?: JobError;
  /** The submitted file, whole. */
  job: unknown;
  previousHash: string;
  hash: string;
}

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
