import { closeSync, existsSync, fstatSync, fsyncSync, mkdirSync, openSync, readSync, writeSync } from "node:fs";
import { newestEvents } from "../../core/audit/event-chain.ts";
import { sha256OfFile } from "../../core/audit/findings.ts";
import { readRecord } from "../../core/audit/records.ts";
import type { JobEvent } from "../../core/jobs/events.ts";
import { type JobRecord, recordShape } from "../../core/jobs/record.ts";
import type { Claim } from "../../core/jobs/running.ts";
import { monthFolder, proofsFile, recordFile } from "../../core/store/archive.ts";
import { cancelFile } from "../../core/store/cancel.ts";
import { archivedRecord, type Layout, logFile, runningFiles } from "../../core/store/layout.ts";
import { createFile, moveFile, removeFile, syncFolder } from "../../core/system/atomic.ts";
import { failpoint } from "../../core/system/failpoint.ts";
import { toJson } from "../../core/system/json.ts";
import type { Context } from "../context.ts";
import type { Claimed } from "../queue/claim.ts";
import { followUpFor, submitFollowUp } from "./follow-up.ts";
import { buildRecord, type JobEnd } from "./record.ts";

/** Archives a job that has ended and clears it away. Every step may be repeated after a crash. */
export function archiveJob(context: Context, claimed: Claimed, events: readonly JobEvent[], ending: JobEnd): JobRecord {
  const { layout, chain } = context;
  const { id } = claimed.claim;
  const before = archivedRecord(layout, id);
  if (before) {
    const record = readRecord(before);
    if (!record) throw new Error(`${before} can't be read as a record: repair it, or move it out of the archive.`);
    closeJob(context, record, claimed);
    return record;
  }
  makeMonth(layout, ending.finishedAt);
  const proofs = keepProofs(runningFiles(layout, id).proofs, proofsFile(layout, ending.finishedAt, id));
  const record = buildRecord(context, claimed, events, {
    ...ending,
    proofsSha256: proofs === undefined ? null : sha256OfFile(proofs),
    auditEvents: newestEvents(layout),
  });
  createFile(recordFile(layout, ending.finishedAt, id), toJson(recordShape.parse(record)), 0o600);
  chain.advance(record);
  closeJob(context, record, claimed);
  return record;
}

/** What is left to do once the record of a job is in the archive: report, follow-up, clearing away. */
export function closeJob(context: Context, record: JobRecord, claimed?: Claimed): void {
  const { layout, log, audit } = context;
  try {
    audit(layout, record);
  } catch (error) {
    log.error(
      `The audit report lacks ${record.id} (${(error as Error).message}): run \`npm run audit\` to rebuild it.`,
    );
  }
  context.notifications.ended(record, jobTitle(context, record));
  if (claimed && record.followUps.length > 0) {
    const followUp = followUpFor(context, claimed.job, claimed.type, record.tables);
    if (followUp) submitFollowUp(context, followUp);
  }
  if (claimed)
    writeVerdict(layout, claimed.claim, `${record.status}${record.error ? `: ${record.error.message}` : ""}`);
  clearAway(layout, record.id);
}

// A record of a type that is gone, or that was never checked, has only its type.
function jobTitle({ types }: Context, { type, parameters }: JobRecord): string {
  try {
    return types[type]?.title(parameters as never) ?? type;
  } catch {
    return type;
  }
}

// The job goes last: as long as it is there, recovery comes back here.
function clearAway(layout: Layout, id: string): void {
  const { engine, result, retry, claim, job } = runningFiles(layout, id);
  for (const path of [cancelFile(layout, id), engine, result, retry, claim, job]) removeFile(path);
}

function makeMonth(layout: Layout, finishedAt: string): void {
  if (mkdirSync(monthFolder(layout, finishedAt), { recursive: true, mode: 0o700 })) syncFolder(layout.archive);
}

// Moves the proofs beside the record and returns their path, or undefined where the job has none. After a crash in between
// they are there already.
function keepProofs(from: string, to: string): string | undefined {
  if (!existsSync(from)) return existsSync(to) ? to : undefined;
  const file = openSync(from, "r");
  fsyncSync(file);
  closeSync(file);
  moveFile(from, to);
  return to;
}

/** Writes how an attempt ended as the last line of its log, once. A job that never ran has no log. */
export function writeVerdict(layout: Layout, claim: Pick<Claim, "id" | "attempt">, verdict: string): void {
  const path = logFile(layout, claim.id, claim.attempt);
  if (!existsSync(path)) return;
  failpoint("write verdict");
  const file = openSync(path, "a+", 0o600);
  try {
    const line = Buffer.from(`${verdict}\n`);
    const { size } = fstatSync(file);
    const end = Buffer.alloc(Math.min(size, line.length + 1));
    readSync(file, end, 0, end.length, size - end.length);
    const torn = end.length > 0 && end.at(-1) !== 10 ? "\n" : "";
    if (!end.subarray(-line.length).equals(line)) writeSync(file, `${torn}${verdict}\n`);
  } finally {
    closeSync(file);
  }
}
