import type { JobEvent } from "../jobs/events.ts";
import type { JobError } from "../jobs/outcome.ts";
import { type Attempt, type JobRecord, recordHash } from "../jobs/record.ts";
import type { CancelWish } from "../jobs/running.ts";
import { EXIT, type Status } from "../jobs/states.ts";
import type { Claimed } from "./claim.ts";
import type { Context } from "./context.ts";
import type { Ended } from "./follow.ts";
import { followUpFor } from "./follow-up.ts";
import { failedTables, outcomesOf } from "./outcomes.ts";

/** What the archive is to say of a job's end. */
export interface Ending {
  ended: Ended;
  finishedAt: string;
  cancelled?: CancelWish;
  /** Who stopped it, where that is how it ends. */
  stopped?: CancelWish;
  error?: JobError;
}

/** The record of a job, chained to the newest one in the archive. */
export function buildRecord(
  context: Context,
  { claim, job, type }: Claimed,
  events: readonly JobEvent[],
  { ended, finishedAt, cancelled, stopped, error }: Ending,
): JobRecord {
  const tables = outcomesOf(events, ended.result?.outcomes ?? [], cancelled !== undefined, type.thing);
  const why = error ?? (cancelled ? undefined : failedTables(tables, type.thing));
  const status = statusOf();
  const attempts = attemptsOf(events);
  const head = context.chain.head();
  const followUp = status === "cancelled" ? undefined : followUpFor(context, job, type, tables);
  const { via, submittedBy, submittedAt, note, file, fileSha256, parent, retryOf } = job;
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
    startedAt: attempts[0]?.startedAt ?? (ended.ran ? claim.claimedAt : finishedAt),
    finishedAt,
    exitCode: ended.exitCode,
    attempts,
    tables,
    ...(parent !== undefined && { parent }),
    ...(retryOf !== undefined && { retryOf }),
    followUps: followUp ? [followUp.id] : [],
    ...(cancelled && { cancelledBy: cancelled.by }),
    ...(stopped && { stoppedBy: stopped.by }),
    ...(why && { error: why }),
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
