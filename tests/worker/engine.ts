// The engine of the tests: keeps to the protocol of engines/run.ts and does what its job's parameters say.
import { appendFileSync, existsSync } from "node:fs";
import { basename, dirname } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import type { NewEvent } from "../../core/jobs/events.ts";
import { eventShape, type JobEvent } from "../../core/jobs/events.ts";
import type { Outcome } from "../../core/jobs/outcome.ts";
import { type Claim, EXIT_ALREADY_RUNNING } from "../../core/jobs/running.ts";
import { cancelFile } from "../../core/store/cancel.ts";
import { leaveMark } from "../../core/store/engine-mark.ts";
import { eventsFile, layoutOf, runningFiles } from "../../core/store/layout.ts";
import { createFile } from "../../core/system/atomic.ts";
import { readJson, toJson } from "../../core/system/json.ts";
import { appendLine } from "../../core/system/ndjson.ts";

interface Parameters {
  sleepMs?: number;
  write?: string;
  tables?: (string | { name: string })[];
  failTables?: string[];
  failAttempts?: number;
  crashAttempts?: number;
  exit?: number;
  deaf?: boolean;
  ends?: boolean;
}

const claimFile = process.argv.at(-1)!;
const layout = layoutOf(dirname(dirname(dirname(claimFile))));
const id = basename(claimFile, ".claim.json");
const files = runningFiles(layout, id);
const claim = readJson<Claim>(claimFile);
if (!claim || !leaveMark(layout, claim)) process.exit(EXIT_ALREADY_RUNNING);
const { attempt, host } = claim;
const wanted = readJson<{ parameters?: Parameters }>(files.job)?.parameters ?? {};
const stop = new AbortController();
process.on("SIGTERM", () => !wanted.deaf && stop.abort());

emit({ event: "started", pid: process.pid, host });
const tables = (wanted.tables ?? []).map(one => (typeof one === "string" ? one : one.name));
const steps = tables.map(table => ({ table, target: `lake.test.${table}`, action: "copy" }));
if (steps.length > 0) emit({ event: "planned", steps, parallel: 1 });
await pause(wanted.sleepMs ?? 0, undefined, { signal: stop.signal }).catch(() => {});
const stopped = stop.signal.aborted && !(wanted.ends && existsSync(cancelFile(layout, id)));
console.log(stopped ? "told to stop" : "did its work");
if (attempt <= (wanted.crashAttempts ?? 0)) process.kill(process.pid, "SIGKILL");
const outcomes = stopped ? [] : steps.map(outcomeOf);
for (const outcome of outcomes) emit({ event: "table-ended", table: outcome.table, outcome });
const exitCode = stopped ? 130 : codeOf();
if (wanted.write && exitCode === 0) appendFileSync(wanted.write, `${id} ${attempt} ${process.pid}\n`);
emit({ event: "finished", exitCode });
createFile(files.result, toJson({ id, attempt, exitCode, finishedAt: new Date().toISOString(), outcomes }));
process.exit(exitCode);

function emit(event: NewEvent) {
  appendLine(eventsFile(layout, id), eventShape, { at: new Date().toISOString(), attempt, ...event } as JobEvent);
}

function outcomeOf({ table, target }: { table: string; target: string }): Outcome {
  const failed = wanted.failTables?.includes(table);
  const base = { table, target, seconds: 0 };
  if (failed) return { ...base, outcome: "failed", error: { message: "as the test wants it" } };
  return { ...base, outcome: "succeeded", rows: "1", targetSnapshot: `${attempt}` };
}

function codeOf(): number {
  if (wanted.exit !== undefined) return wanted.exit;
  return attempt <= (wanted.failAttempts ?? 0) || (wanted.failTables ?? []).length > 0 ? 1 : 0;
}
