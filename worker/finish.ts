import type { JobType } from "../engines/engine.ts";
import { gate } from "../files/gate.ts";
import { eventsFile } from "../files/layout.ts";
import { appendLine, readLines } from "../files/ndjson.ts";
import type { JobEvent } from "../jobs/events.ts";
import type { JobError } from "../jobs/outcome.ts";
import type { Claim } from "../jobs/running.ts";
import { EXIT } from "../jobs/states.ts";
import { archiveJob } from "./archive.ts";
import type { Claimed } from "./claim.ts";
import type { Context } from "./context.ts";
import { backoff, type Decision, decide } from "./decide.ts";
import type { Ended } from "./follow.ts";
import { requeue } from "./requeue.ts";
import { writeVerdict } from "./verdict.ts";
import { readWish } from "./wish.ts";

/** Brings a job whose engine has ended to the archive or back to queue/. May be repeated; does nothing once `leaving`. */
export async function finishJob(context: Context, claimed: Claimed, ended: Ended, leaving: AbortSignal): Promise<void> {
  const { claim, job, type } = claimed;
  const { layout, timing, log } = context;
  const wish = readWish(layout, claim.id);
  const most = job.submitted.maxAttempts ?? attemptsOf(type, ended) ?? job.maxAttempts;
  let decision = decide(claim, most, ended, wish, type.lane);
  if (ended.ran && (decision.then === "retry" || decision.cancelled || !ended.result || ended.reason)) {
    const milliseconds = decision.then === "retry" ? timing.retryPatience : timing.patience;
    const gone = await context.sessions.end(claim, { milliseconds, signal: leaving });
    if (leaving.aborted) return;
    if (!gone.gone) decision = givenUp(context, claim, decision, gone.why);
  }
  const events = readLines<JobEvent>(eventsFile(layout, claim.id));
  const finishedAt = noteEnd(context, claim, ended, events, decision.error);
  const after = claim.attempt > 1 ? ` (attempt ${claim.attempt})` : "";
  if (decision.then === "retry") {
    const pause = decision.backoff ? backoff(decision.used, timing) : 0;
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

// What a type grants by itself is for engines that die and services that are away: what was refused is refused again.
function attemptsOf({ maxAttempts }: JobType, { result, exitCode }: Ended): number | undefined {
  return result && exitCode === EXIT.failed ? undefined : maxAttempts;
}

// An old write that may still land forbids another attempt, and the record must say so.
function givenUp({ layout }: Context, claim: Claim, decision: Decision, why: string): Decision {
  const what = `Spark sessions of attempt ${claim.attempt}`;
  const event = { at: new Date().toISOString(), attempt: claim.attempt, event: "left-behind", what, why };
  appendLine(eventsFile(layout, claim.id), event);
  const message = `It is not certain that everything this job started in Spark has ended: ${why}`;
  const error: JobError = { message, hint: "See that Spark is well before you run this job again." };
  const cancelled = decision.then === "archive" ? decision.cancelled : undefined;
  return { then: "archive", ...(cancelled && { cancelled }), error };
}

// Says how the turn ended where the engine could not, or did not know why. Returns when that was.
function noteEnd({ layout }: Context, claim: Claim, ended: Ended, events: JobEvent[], error?: JobError): string {
  const said = events.findLast(
    event => event.event === "finished" && event.attempt === claim.attempt && event.at >= claim.claimedAt,
  );
  const finishedAt = ended.result?.finishedAt ?? said?.at ?? new Date().toISOString();
  if (!ended.ran || (said && (!error || error === ended.result?.error))) return finishedAt;
  const { exitCode, signal } = ended;
  const finished = { at: finishedAt, attempt: claim.attempt, event: "finished" as const, exitCode };
  const event: JobEvent = { ...finished, ...(signal !== undefined && { signal }), ...(error && { error }) };
  gate("append event");
  appendLine(eventsFile(layout, claim.id), event);
  events.push(event);
  return finishedAt;
}
