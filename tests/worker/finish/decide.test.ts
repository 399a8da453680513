import assert from "node:assert/strict";
import { test } from "node:test";
import type { JobError } from "../../../core/jobs/outcome.ts";
import type { CancelRequest, Claim, EngineResult } from "../../../core/jobs/running.ts";
import { EXIT, type Lane } from "../../../core/jobs/states.ts";
import type { EngineEnd } from "../../../worker/engine/follow.ts";
import { type Decision, decideOutcome, retryPause } from "../../../worker/finish/decide.ts";

const BROKEN: JobError = { message: "1 of 2 tables failed: a" };
const REQUEST: CancelRequest = { by: "ada", at: "2026-11-24T10:05:00.000Z" };
const BEFORE = "2026-11-24T10:04:59.999Z";
const AFTER = "2026-11-24T10:05:00.001Z";

const CLAIMED: Claim = {
  ...{ id: "j1", type: "ingest-hive", attempt: 1, claimNumber: 1, host: "h", claimedAt: BEFORE, trusted: true },
  ...{ origin: { submittedAt: BEFORE, submittedBy: "ada", via: "portal" }, takenFrom: "j1.json", sessions: [] },
};

interface Case {
  claim?: Partial<Claim>;
  maxAttempts?: number;
  ended: Partial<EngineEnd>;
  cancelRequest?: CancelRequest;
  lane?: Lane;
  then: Decision;
}

const CASES: Readonly<Record<string, Case>> = {
  "a job that succeeded is archived": { ended: told(EXIT.succeeded), then: { then: "archive" } },
  "a job that succeeded is archived though its time was up": {
    ended: { ...told(EXIT.succeeded), reason: "timeout" },
    then: { then: "archive" },
  },
  "a job that failed is tried again after a pause while attempts remain": {
    ended: told(EXIT.failed, BROKEN),
    then: { then: "retry", used: 1, backoff: true, error: BROKEN },
  },
  "a job that failed is archived after its last attempt": {
    claim: { attempt: 3 },
    ended: told(EXIT.failed, BROKEN),
    then: { then: "archive", error: BROKEN },
  },
  "a job whose service is unavailable is tried again after a pause": {
    claim: { attempt: 2 },
    ended: told(EXIT.unavailable, BROKEN),
    then: { then: "retry", used: 2, backoff: true, error: BROKEN },
  },
  "a job that its engine found bad is never tried again": {
    ended: told(EXIT.badJob, BROKEN),
    then: { then: "archive", error: BROKEN },
  },
  "an exit code of success without a result is a crash": {
    ended: { exitCode: EXIT.succeeded },
    then: { then: "retry", used: 1, backoff: true, error: crashed("exit code 0") },
  },
  "an engine that was killed is tried again, and the signal is named": {
    ended: { exitCode: null, signal: "SIGKILL" },
    then: { then: "retry", used: 1, backoff: true, error: crashed("killed by SIGKILL") },
  },
  "an engine that vanished in its last attempt is archived as a crash": {
    maxAttempts: 1,
    ended: {},
    then: { then: "archive", error: crashed("its process is gone") },
  },
  "an engine that could not be started is tried again, and why is told": {
    ended: { failure: "spawn EAGAIN" },
    then: {
      ...{ then: "retry", used: 1, backoff: true },
      error: { message: "The engine could not be started or followed: spawn EAGAIN" },
    },
  },
  "an attempt that took too long is tried again, and the limit is named": {
    claim: { timeoutMinutes: 1 },
    ended: { ...told(EXIT.cancelled), reason: "timeout" },
    then: { then: "retry", used: 1, backoff: true, error: late("1 minute") },
  },
  "an attempt that took too long is archived where none remains": {
    claim: { timeoutMinutes: 90, attempt: 3 },
    ended: { exitCode: null, signal: "SIGKILL", reason: "timeout" },
    then: { then: "archive", error: late("90 minutes") },
  },
  "an engine that the worker stopped goes on at once and has used no attempt": {
    claim: { attempt: 3 },
    ended: { ...told(EXIT.cancelled), reason: "stop" },
    then: { then: "retry", used: 2, backoff: false },
  },
  "an engine that the worker had to kill when it stopped has used no attempt": {
    ended: { exitCode: null, signal: "SIGKILL", reason: "stop" },
    then: { then: "retry", used: 0, backoff: false, error: crashed("killed by SIGKILL") },
  },
  "an engine that failed by itself while the worker stopped has used its attempt": {
    ended: { ...told(EXIT.failed, BROKEN), reason: "stop" },
    then: { then: "retry", used: 1, backoff: true, error: BROKEN },
  },
  "an engine that was stopped for the twentieth time has used no attempt": {
    claim: { claimNumber: 20 },
    ended: told(EXIT.cancelled),
    then: { then: "retry", used: 0, backoff: false },
  },
  "an engine that is stopped for ever uses an attempt at last": {
    claim: { claimNumber: 21 },
    ended: told(EXIT.cancelled),
    then: { then: "retry", used: 1, backoff: true },
  },
  "a stream that the worker stops never uses an attempt": {
    claim: { claimNumber: 500 },
    ended: { ...told(EXIT.cancelled), reason: "stop" },
    lane: "stream",
    then: { then: "retry", used: 0, backoff: false },
  },
  "a stream that others stop for ever uses an attempt at last": {
    claim: { claimNumber: 500 },
    ended: told(EXIT.cancelled),
    lane: "stream",
    then: { then: "retry", used: 1, backoff: true },
  },
  "a cancel request before the end cancels the job": {
    ended: told(EXIT.failed, BROKEN, AFTER),
    cancelRequest: REQUEST,
    then: { then: "archive", cancelled: REQUEST },
  },
  "a cancel request after the end comes too late": {
    ended: told(EXIT.succeeded, undefined, BEFORE),
    cancelRequest: REQUEST,
    then: { then: "archive" },
  },
  "a cancel request after an engine that was stopped still cancels the job": {
    ended: told(EXIT.cancelled, undefined, BEFORE),
    cancelRequest: REQUEST,
    then: { then: "archive", cancelled: REQUEST },
  },
  "a cancel request cancels an engine that crashed, whatever attempts remain": {
    ended: { exitCode: null, signal: "SIGKILL" },
    cancelRequest: REQUEST,
    then: { then: "archive", cancelled: REQUEST },
  },
  "the reason of a cancel request is the error of the job": {
    ended: told(EXIT.cancelled),
    cancelRequest: { ...REQUEST, reason: "wrong month" },
    then: {
      ...{ then: "archive", cancelled: { ...REQUEST, reason: "wrong month" } },
      error: { message: "cancelled: wrong month" },
    },
  },
  "a stream that a person stopped and that ended in order is stopped, not cancelled": {
    ended: { ...told(EXIT.succeeded, undefined, AFTER), reason: "cancel" },
    cancelRequest: REQUEST,
    lane: "stream",
    then: { then: "archive", stopped: REQUEST },
  },
  "a stream that a person stopped keeps the error that it told": {
    ended: told(EXIT.failed, BROKEN, AFTER),
    cancelRequest: REQUEST,
    lane: "stream",
    then: { then: "archive", stopped: REQUEST, error: BROKEN },
  },
  "a stream that a person stopped and that was interrupted is cancelled": {
    ended: told(EXIT.cancelled, undefined, AFTER),
    cancelRequest: REQUEST,
    lane: "stream",
    then: { then: "archive", cancelled: REQUEST },
  },
  "a stream that a person stopped and that had to be killed is cancelled": {
    ended: { exitCode: null, signal: "SIGKILL", reason: "cancel" },
    cancelRequest: REQUEST,
    lane: "stream",
    then: { then: "archive", cancelled: REQUEST },
  },
};

for (const [name, { claim, maxAttempts = 3, ended, cancelRequest, lane = "copy", then }] of Object.entries(CASES))
  test(name, () => {
    const end: EngineEnd = { exitCode: null, ran: true, ...ended };
    assert.deepEqual(decideOutcome({ ...CLAIMED, ...claim }, maxAttempts, end, cancelRequest, lane), then);
  });

test("the pause before another attempt doubles up to its cap, and is drawn anew each time", context => {
  const timing = { backoffBase: 100, backoffCap: 1000 };
  context.mock.method(Math, "random", () => 0.5);
  assert.deepEqual(
    [1, 2, 3, 4, 5, 50].map(used => retryPause(used, timing)),
    [50, 100, 200, 400, 500, 500],
  );
});

// An engine that wrote its result and ended.
function told(exitCode: number, error?: JobError, finishedAt = BEFORE): Partial<EngineEnd> {
  const result: EngineResult = { id: "j1", attempt: 1, exitCode, finishedAt, outcomes: [], ...(error && { error }) };
  return { exitCode, result };
}

function crashed(how: string): JobError {
  return { message: `The engine crashed: it ended without a result (${how}).`, hint: "The log shows its last words." };
}

function late(limit: string): JobError {
  return { message: `The attempt took longer than ${limit} and was ended.`, hint: "Raise timeoutMinutes." };
}
