// Does one step of a job's life in a data folder and dies, as by a power failure, before the call of the number given.
import { appendAudit } from "../../audit/append.ts";
import { createFile } from "../../files/atomic.ts";
import { requestCancel } from "../../files/cancel.ts";
import { watchGate } from "../../files/gate.ts";
import { toJson } from "../../files/json.ts";
import { eventsFile, layoutOf, runningFiles } from "../../files/layout.ts";
import { appendLine } from "../../files/ndjson.ts";
import { submitJob } from "../../files/submit.ts";
import { isId } from "../../jobs/id.ts";
import { readSettings } from "../../settings.ts";
import { type Claimed, claimJob } from "../../worker/claim.ts";
import { contextOf } from "../../worker/context.ts";
import { finishJob } from "../../worker/finish.ts";
import type { Ended } from "../../worker/follow.ts";
import { createScanner } from "../../worker/scan.ts";
import { createWaiting } from "../../worker/waiting.ts";
import { testTypes } from "./job-types.ts";

const [step = "", number = "0", root = "", id = ""] = process.argv.slice(2);
const layout = layoutOf(root);
const settings = readSettings({ DATA_DIR: root }, "/nowhere/.env");
const timing = { backoffBase: 1 };
const context = contextOf({ layout, settings, types: testTypes, audit: appendAudit, timing });
const waiting = createWaiting();
const file = {
  type: "light",
  parameters: { tables: ["a", "b"] },
  then: [{ type: "copy" }],
  maxAttempts: 2,
  via: "command" as const,
  submittedBy: "anna",
};

if (step !== "submit" && isId(id)) submitJob(layout, id, file);
if (step === "claim") await scan();
const claimed = step.startsWith("finish") || step === "cancel" ? await claim() : undefined;
if (step === "cancel") requestCancel(layout, id, { by: "ben", at: new Date().toISOString() });
const ended = step.startsWith("finish") ? engineEnds(step === "finish" ? 0 : 1) : { ran: false, exitCode: null };
let passed = 0;
watchGate(() => {
  passed += 1;
  if (passed === Number(number)) process.kill(process.pid, "SIGKILL");
});
if (step === "submit") submitJob(layout, id, file);
if (step === "claim" || step === "reject") await claim();
if (claimed) await finishJob(context, claimed, ended, new AbortController().signal);

async function scan() {
  await createScanner(context, waiting).scan();
}

async function claim(): Promise<Claimed | undefined> {
  await scan();
  const candidate = waiting.byId(id);
  return candidate && claimJob(context, candidate);
}

function engineEnds(exitCode: number): Ended {
  const { attempt } = claimed!.claim;
  const at = new Date().toISOString();
  const outcomes = exitCode
    ? []
    : [{ table: "a", target: "lake.t.a", outcome: "succeeded" as const, rows: "1", seconds: 0 }];
  appendLine(eventsFile(layout, id), { at, attempt, event: "started", pid: 1, host: "here" });
  appendLine(runningFiles(layout, id).proofs, { table: "a", equal: true });
  const result = { id, attempt, exitCode, finishedAt: at, outcomes };
  createFile(runningFiles(layout, id).result, toJson(result));
  return { ran: true, exitCode, result };
}
