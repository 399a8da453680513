import { eventShape, type JobEvent } from "../../core/jobs/events.ts";
import type { JobError } from "../../core/jobs/outcome.ts";
import type { Claim } from "../../core/jobs/running.ts";
import { EXIT } from "../../core/jobs/states.ts";
import { eventsFile } from "../../core/store/layout.ts";
import { failpoint } from "../../core/system/failpoint.ts";
import { appendLine, readLines } from "../../core/system/ndjson.ts";
import type { JobType } from "../../engines/engine.ts";
import type { Context } from "../context.ts";
import { readCancelRequest } from "../engine/cancel-request.ts";
import type { EngineEnd } from "../engine/follow.ts";
import type { Claimed } from "../queue/claim.ts";
import { requeue } from "../queue/return-to-queue.ts";
import { archiveJob, writeVerdict } from "./archive.ts";
import { type Decision, decideOutcome, retryPause } from "./decide.ts";

/** Brings a job whose engine has ended to the archive or back to queue/. May be repeated; does nothing once `leaving`. */
export async function finishJob(
  context: Context,
  claimed: Claimed,
  ended: EngineEnd,
  leaving: AbortSignal,
): Promise<void> {
  const { claim, job, type } = claimed;
  const { layout, timing, log } = context;
  const cancelRequest = readCancelRequest(layout, claim.id);
  const most = job.submitted.maxAttempts ?? attemptsOf(type, ended) ?? job.maxAttempts;
  let decision = decideOutcome(claim, most, ended, cancelRequest, type.lane);
  if (ended.ran && (decision.then === "retry" || decision.cancelled || !ended.result || ended.reason)) {
    const milliseconds = decision.then === "retry" ? timing.retryPatience : timing.patience;
    const gone = await context.sessions.end(claim, { milliseconds, signal: leaving });
    if (leaving.aborted) return;
    if (!gone.gone) decision = givenUp(context, claim, decision, gone.why);
  }
  const events = readLines(eventsFile(layout, claim.id), eventShape);
  const finishedAt = noteEnd(context, claim, ended, events, decision.error);
  const after = claim.attempt > 1 ? ` (attempt ${claim.attempt})` : "";
  if (decision.then === "retry") {
    const pause = decision.backoff ? retryPause(decision.used, timing) : 0;
    const why = decision.error?.message ?? `exit code ${ended.exitCode}`;
    writeVerdict(layout, claim, `attempt ${claim.attempt} ended, to be tried again: ${why}`);
    requeue(context, claim, decision.used, pause);
    log.warn(`${claim.id}${after} queued again, in ${(pause / 1000).toFixed(1)} s: ${why}`);
    return;
  }
  const record = archiveJob(context, claimed, events, { ...decision, ended, finishedAt });
  const line = `${claim.id}${after} ${record.status}${record.error ? `: ${record.error.message}` : ""}`;
  if (record.status === "failed") log.error(line);
  else log.info(line);
}

// A type's own `maxAttempts` covers engines that die and services that do not answer. A job that failed would fail again.
function attemptsOf({ maxAttempts }: JobType, { result, exitCode }: EngineEnd): number | undefined {
  return result && exitCode === EXIT.failed ? undefined : maxAttempts;
}

// An old write that may still land forbids another attempt, and the record must say so.
function givenUp({ layout }: Context, claim: Claim, decision: Decision, why: string): Decision {
  const what = `Spark sessions of attempt ${claim.attempt}`;
  const event = { at: new Date().toISOString(), attempt: claim.attempt, event: "left-behind" as const, what, why };
  appendLine(eventsFile(layout, claim.id), eventShape, event);
  const message = `It is not certain that everything this job started in Spark has ended: ${why}`;
  const error: JobError = { message, hint: "See that Spark is well before you run this job again." };
  const cancelled = decision.then === "archive" ? decision.cancelled : undefined;
  return { then: "archive", ...(cancelled && { cancelled }), error };
}

// Writes how the claim ended if the engine could not, or did not know why. Returns the time of the end.
function noteEnd({ layout }: Context, claim: Claim, ended: EngineEnd, events: JobEvent[], error?: JobError): string {
  const note = events.findLast(
    event => event.event === "finished" && event.attempt === claim.attempt && event.at >= claim.claimedAt,
  );
  const finishedAt = ended.result?.finishedAt ?? note?.at ?? new Date().toISOString();
  if (!ended.ran || (note && (!error || error === ended.result?.error))) return finishedAt;
  const { exitCode, signal } = ended;
  const finished = { at: finishedAt, attempt: claim.attempt, event: "finished" as const, exitCode };
  const event: JobEvent = { ...finished, ...(signal !== undefined && { signal }), ...(error && { error }) };
  failpoint("append event");
  appendLine(eventsFile(layout, claim.id), eventShape, event);
  events.push(event);
  return finishedAt;
}
