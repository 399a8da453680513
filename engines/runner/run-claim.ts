import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { eventShape, type JobEvent, type NewEvent, ownPlan } from "../../core/jobs/events.ts";
import type { Job } from "../../core/jobs/job.ts";
import type { Outcome } from "../../core/jobs/outcome.ts";
import { parseJobFile } from "../../core/jobs/parse/parse.ts";
import { type ProofLine, proofLineShape } from "../../core/jobs/proof.ts";
import {
  type Claim,
  claimShape,
  type EngineResult,
  EXIT_ALREADY_RUNNING,
  jobOfClaim,
  resultShape,
} from "../../core/jobs/running.ts";
import { EXIT, type Lane } from "../../core/jobs/states.ts";
import type { Settings } from "../../core/settings.ts";
import { leaveMark } from "../../core/store/engine-mark.ts";
import { eventsFile, layoutOf, runningFiles } from "../../core/store/layout.ts";
import { jobOfRunning } from "../../core/store/names.ts";
import { createFile } from "../../core/system/atomic.ts";
import { readShaped, shapedJson } from "../../core/system/json.ts";
import { appendLine, readLines } from "../../core/system/ndjson.ts";
import type { Engine } from "../engine.ts";
import { engines, jobTypes } from "../list.ts";
import { runAttempt } from "./attempt.ts";
import { concealing } from "./conceal.ts";
import { eventWriter } from "./event-writer.ts";
import type { AttemptEnd, AttemptOptions } from "./limits.ts";

/** Runs a job that the worker claimed: leaves the engine's mark, writes events, and the result last. Returns the exit code. */
export async function runClaim(claimPath: string, settings: Settings, signal: AbortSignal): Promise<number> {
  const id = jobOfRunning(basename(claimPath)) ?? "";
  const layout = layoutOf(settings.DATA_DIR);
  const files = runningFiles(layout, id);
  const claim = readShaped(claimPath, claimShape);
  if (!claim) throw new Error(`There is no claim ${claimPath}: only the worker makes one.`);
  if (!leaveMark(layout, claim)) {
    console.log("another engine is at work on this claim, or it is not to be run any more; nothing was done");
    return EXIT_ALREADY_RUNNING;
  }
  const events = eventsFile(layout, id);
  const recorded = readLines(events, eventShape);
  const conceal = concealing(settings);
  const write = eventWriter(event =>
    appendLine(events, eventShape, { at: new Date().toISOString(), attempt: claim.attempt, ...event } as JobEvent),
  );
  const emit = (event: NewEvent) => write(conceal(event));
  emit({ event: "started", pid: process.pid, host: claim.host });
  const prove = (proof: object) => appendLine(files.proofs, proofLineShape, conceal(proof) as ProofLine);
  const ending = conceal(await attempt(claim, readFileSync(files.job), settings, signal, recorded, emit, prove));
  const { exitCode, error } = ending;
  emit({ event: "finished", exitCode, ...(error && { error }) });
  const result: EngineResult = {
    id,
    attempt: claim.attempt,
    exitCode,
    finishedAt: new Date().toISOString(),
    outcomes: ending.outcomes,
    ...(error && { error }),
  };
  createFile(files.result, shapedJson(resultShape, result));
  return exitCode;
}

async function attempt(
  claim: Claim,
  bytes: Buffer,
  settings: Settings,
  signal: AbortSignal,
  recorded: readonly JobEvent[],
  emit: (event: NewEvent) => void,
  proof: (proof: object) => void,
): Promise<AttemptEnd> {
  const parsed = parseJobFile(bytes, jobTypes);
  const entry = parsed.ok ? engines[parsed.file.type] : undefined;
  if (!parsed.ok || !entry) {
    const message = parsed.ok ? `unknown type "${parsed.file.type}"` : parsed.problems.join("; ");
    return { exitCode: EXIT.badJob, outcomes: [], error: { message } };
  }
  const engine: Engine = await entry.load();
  const job: Job = jobOfClaim(claim, parsed.file, entry.type.shape.parse(parsed.file.parameters));
  const planned = ownPlan(recorded);
  const { attempt, sessions } = claim;
  return await runAttempt(engine, {
    ...{ job, attempt, settings, sessions, signal, emit, proof },
    ...(planned && { planned }),
    ...(entry.type.itemNoun && { itemNoun: entry.type.itemNoun }),
    ...limitsFor(entry.type.lane, claim),
    succeeded: succeeded(recorded),
  });
}

// The worker ends an engine at its deadline. If there is no worker any more, the engine ends itself this much later.
const AFTER_WORKER = 15_000;
// A stream gets longer, since it finishes its batch and counts what it has stored.
const GRACE = { copy: 20_000, light: 20_000, stream: 180_000 };

function limitsFor(lane: Lane, { timeoutMinutes }: Claim): Pick<AttemptOptions, "timeout" | "grace"> {
  const timeout = timeoutMinutes === undefined ? undefined : timeoutMinutes * 60_000 + AFTER_WORKER;
  return { grace: GRACE[lane], ...(timeout !== undefined && { timeout }) };
}

function succeeded(recorded: readonly JobEvent[]): Outcome[] {
  const last = new Map(
    recorded.flatMap(event => (event.event === "table-ended" ? [[event.table, event.outcome]] : [])),
  );
  return [...last.values()].filter(outcome => outcome.outcome === "succeeded");
}
