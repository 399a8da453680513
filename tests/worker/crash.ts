// Does one step of a job's life in a data folder and dies, as by a power failure, before the call of the number given.
import { appendAudit } from "../../core/audit/append-report.ts";
import { eventShape } from "../../core/jobs/events.ts";
import { isId } from "../../core/jobs/id.ts";
import { proofLineShape } from "../../core/jobs/proof.ts";
import { readSettings } from "../../core/settings.ts";
import { requestCancel } from "../../core/store/cancel.ts";
import { eventsFile, layoutOf, runningFiles } from "../../core/store/layout.ts";
import { submitJob } from "../../core/store/submit.ts";
import { createFile } from "../../core/system/atomic.ts";
import { watchFailpoints } from "../../core/system/failpoint.ts";
import { toJson } from "../../core/system/json.ts";
import { appendLine } from "../../core/system/ndjson.ts";
import { contextOf } from "../../worker/context.ts";
import type { EngineEnd } from "../../worker/engine/follow.ts";
import { finishJob } from "../../worker/finish/finish.ts";
import { type Claimed, claimJob } from "../../worker/queue/claim.ts";
import { createScanner } from "../../worker/queue/scan.ts";
import { createWaiting } from "../../worker/queue/waiting.ts";
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
watchFailpoints(() => {
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

function engineEnds(exitCode: number): EngineEnd {
  const { attempt } = claimed!.claim;
  const at = new Date().toISOString();
  const outcomes = exitCode
    ? []
    : [{ table: "a", target: "lake.t.a", outcome: "succeeded" as const, rows: "1", seconds: 0 }];
  appendLine(eventsFile(layout, id), eventShape, { at, attempt, event: "started", pid: 1, host: "here" });
  appendLine(runningFiles(layout, id).proofs, proofLineShape, {
    ...{ at, attempt, table: "a", target: "lake.t.a", level: "read-back", verdict: "equal" },
  });
  const result = { id, attempt, exitCode, finishedAt: at, outcomes };
  createFile(runningFiles(layout, id).result, toJson(result));
  return { ran: true, exitCode, result };
}
