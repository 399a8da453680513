import { type JobEvent, ownPlan } from "../../core/jobs/events.ts";
import type { JobError } from "../../core/jobs/outcome.ts";
import { receiptOf } from "../../core/jobs/receipt.ts";
import { type Attempt, type JobRecord, recordHash } from "../../core/jobs/record.ts";
import type { CancelRequest } from "../../core/jobs/running.ts";
import { EXIT, type Status } from "../../core/jobs/states.ts";
import type { Layout } from "../../core/store/layout.ts";
import { jsonNames } from "../../core/store/names.ts";
import type { Context } from "../context.ts";
import type { EngineEnd } from "../engine/follow.ts";
import type { Claimed } from "../queue/claim.ts";
import { followUpFor } from "./follow-up.ts";
import { failedTables, outcomesOf } from "./outcomes.ts";

/** What the archive is to say of a job's end. */
export interface JobEnd {
  ended: EngineEnd;
  finishedAt: string;
  cancelled?: CancelRequest;
  /** Who stopped it, where that is how it ends. */
  stopped?: CancelRequest;
  error?: JobError;
}

/** What the record says of the files beside it, so that those can't be changed unnoticed either. */
export type RecordExtras = Required<Pick<JobRecord, "proofsSha256" | "auditEvents">>;

/** The record of a job, chained to the newest one in the archive. */
export function buildRecord(
  context: Context,
  { claim, job, type }: Claimed,
  events: readonly JobEvent[],
  { ended, finishedAt, cancelled, stopped, error, proofsSha256, auditEvents }: JobEnd & RecordExtras,
): JobRecord {
  const tables = outcomesOf(events, ended.result?.outcomes ?? [], cancelled !== undefined, type.itemNoun);
  const why = error ?? (cancelled ? undefined : failedTables(tables, type.itemNoun));
  const status = statusOf();
  const attempts = attemptsOf(events);
  const head = context.chain.head();
  const followUp = status === "cancelled" ? undefined : followUpFor(context, job, type, tables);
  const { via, submittedBy, submittedAt, note, file, fileSha256, parent, retryOf } = job;
  const plan = ownPlan(events);
  const startedAt = attempts[0]?.startedAt ?? (ended.ran ? claim.claimedAt : finishedAt);
  const record: Omit<JobRecord, "hash"> = {
    version: 1,
    sequence: head.sequence + 1,
    id: job.id,
    type: job.type,
    parameters: job.parameters,
    ...(job.then.length > 0 && { then: job.then }),
    status,
    via,
    submittedBy,
    ...(note !== undefined && { note }),
    ...(file !== undefined && { file }),
    ...(fileSha256 !== undefined && { fileSha256 }),
    submittedAt,
    startedAt,
    finishedAt,
    exitCode: ended.exitCode,
    attempts,
    tables,
    ...(plan && { receipt: receiptOf(plan, tables, Date.parse(finishedAt) - Date.parse(startedAt)) }),
    ...(parent !== undefined && { parent }),
    ...(retryOf !== undefined && { retryOf }),
    followUps: followUp ? [followUp.id] : [],
    ...(cancelled && { cancelledBy: cancelled.by }),
    ...(stopped && { stoppedBy: stopped.by }),
    ...(why && { error: why }),
    ...{ proofsSha256, auditEvents },
    job: job.submitted,
    previousHash: head.hash,
  };
  return { ...record, hash: recordHash(record, context.settings.AUDIT_KEY) };

  function statusOf(): Status {
    if (cancelled) return "cancelled";
    return ended.exitCode === EXIT.succeeded && ended.result && !failedTables(tables) ? "succeeded" : "failed";
  }
}

// The engine says when it started and finished; the worker adds what a dead engine could not say, and corrects it.
function attemptsOf(events: readonly JobEvent[]): Attempt[] {
  const attempts: (Attempt & { attempt: number })[] = [];
  for (const event of events) {
    if (event.event === "started")
      attempts.push({ attempt: event.attempt, startedAt: event.at, finishedAt: event.at, exitCode: null });
    if (event.event !== "finished") continue;
    const open = attempts.at(-1);
    const { at, exitCode, signal, error } = event;
    const end = { finishedAt: at, exitCode, ...(signal !== undefined && { signal }), ...(error && { error }) };
    if (open?.attempt === event.attempt) Object.assign(open, end);
    else attempts.push({ attempt: event.attempt, startedAt: at, ...end });
  }
  return attempts;
}

/** The first of some jobs that has not ended or whose follow-ups have not. A follow-up's id begins with its parent's. */
export function unfinishedOutcomes(
  { queue, running }: Layout,
  ids: readonly (string | undefined)[],
): string | undefined {
  const wanted = ids.filter(id => id !== undefined);
  if (wanted.length === 0) return undefined;
  const names = [...jsonNames(queue), ...jsonNames(running)];
  return wanted.find(id => names.some(name => name.startsWith(id)));
}
