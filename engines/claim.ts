import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { createFile } from "../files/atomic.ts";
import { leaveMark } from "../files/engine-mark.ts";
import { readJson, toJson } from "../files/json.ts";
import { eventsFile, layoutOf, runningFiles } from "../files/layout.ts";
import { appendLine, readLines } from "../files/ndjson.ts";
import { type JobEvent, type NewEvent, ownPlan } from "../jobs/events.ts";
import type { Job } from "../jobs/job.ts";
import type { Outcome } from "../jobs/outcome.ts";
import { parseJobFile } from "../jobs/parse.ts";
import { type Claim, type EngineResult, EXIT_ALREADY_RUNNING, jobOfClaim } from "../jobs/running.ts";
import { EXIT } from "../jobs/states.ts";
import type { Settings } from "../settings.ts";
import { type Ending, runAttempt } from "./attempt.ts";
import { concealing } from "./conceal.ts";
import type { Engine } from "./engine.ts";
import { engines, jobTypes } from "./list.ts";
import { teller } from "./teller.ts";

/** Runs what the worker claimed: marks itself first, tells every event, writes its result last. Gives the exit code. */
export async function runClaim(claimPath: string, settings: Settings, signal: AbortSignal): Promise<number> {
  const id = basename(claimPath, ".claim.json");
  const layout = layoutOf(settings.DATA_DIR);
  const files = runningFiles(layout, id);
  const claim = readJson<Claim>(claimPath);
  if (!claim) throw new Error(`There is no claim ${claimPath}: only the worker makes one.`);
  if (!leaveMark(layout, claim)) {
    console.log("another engine is at work on this claim, or it is not to be run any more; nothing was done");
    return EXIT_ALREADY_RUNNING;
  }
  const events = eventsFile(layout, id);
  const told = readLines<JobEvent>(events);
  const conceal = concealing(settings);
  const tell = teller(event => appendLine(events, { at: new Date().toISOString(), attempt: claim.attempt, ...event }));
  const emit = (event: NewEvent) => tell(conceal(event));
  emit({ event: "started", pid: process.pid, host: claim.host });
  const prove = (proof: object) => appendLine(files.proofs, conceal(proof));
  const ending = conceal(await attempt(claim, readFileSync(files.job), settings, signal, told, emit, prove));
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
  createFile(files.result, toJson(result));
  return exitCode;
}

async function attempt(
  claim: Claim,
  bytes: Buffer,
  settings: Settings,
  signal: AbortSignal,
  told: readonly JobEvent[],
  emit: (event: NewEvent) => void,
  proof: (proof: object) => void,
): Promise<Ending> {
  const parsed = parseJobFile(bytes, jobTypes);
  const entry = parsed.ok ? engines[parsed.file.type] : undefined;
  if (!parsed.ok || !entry) {
    const message = parsed.ok ? `unknown type "${parsed.file.type}"` : parsed.problems.join("; ");
    return { exitCode: EXIT.badJob, outcomes: [], error: { message } };
  }
  const engine: Engine = await entry.load();
  const job: Job = jobOfClaim(claim, parsed.file, entry.type.shape.parse(parsed.file.parameters));
  const planned = ownPlan(told);
  const { attempt, sessions } = claim;
  return await runAttempt(engine, {
    ...{ job, attempt, settings, sessions, signal, emit, proof },
    ...(planned && { planned }),
    ...(entry.type.thing && { thing: entry.type.thing }),
    succeeded: succeeded(told),
  });
}

function succeeded(told: readonly JobEvent[]): Outcome[] {
  const last = new Map(told.flatMap(event => (event.event === "table-ended" ? [[event.table, event.outcome]] : [])));
  return [...last.values()].filter(outcome => outcome.outcome === "succeeded");
}
