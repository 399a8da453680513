import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { eventShape } from "../../../core/jobs/events.ts";
import { newId } from "../../../core/jobs/id.ts";
import type { JobRecord } from "../../../core/jobs/record.ts";
import { eventsFile, type Layout, runningFiles } from "../../../core/store/layout.ts";
import { submitJob } from "../../../core/store/submit.ts";
import { appendLine } from "../../../core/system/ndjson.ts";
import { archive, outcome, temporaryLayout } from "../../core/audit/archive.ts";
import { INGEST, job } from "../run.ts";

const stamp = { at: "2026-11-23T09:00:00.000Z", attempt: 1 };

/** Leaves what the worker leaves of a job that runs. */
function running(layout: Layout, ended: number): string {
  const id = newId("ingest-hive");
  const files = runningFiles(layout, id);
  const origin = { via: "portal", submittedBy: "bob", submittedAt: new Date().toISOString() };
  writeFileSync(files.job, JSON.stringify(INGEST));
  writeFileSync(
    files.claim,
    JSON.stringify({
      ...{ id, type: "ingest-hive", attempt: 1, claimNumber: 1, host: "here", claimedAt: origin.submittedAt, origin },
      ...{ trusted: true, takenFrom: `${id}.json`, sessions: [] },
    }),
  );
  const steps = ["a", "b", "c"].map(name => ({
    table: `hive.sales.${name}`,
    target: `lake.s.${name}`,
    action: "create",
  }));
  appendLine(eventsFile(layout, id), eventShape, { ...stamp, event: "planned", steps, parallel: 1 });
  for (const { table } of steps.slice(0, ended))
    appendLine(eventsFile(layout, id), eventShape, { ...stamp, event: "table-ended", table, outcome: outcome("a") });
  return id;
}

test("where there is no job, the list says so", async t => {
  const { code, out } = await job(temporaryLayout(t), ["list"]);
  assert.deepEqual([code, out], [0, "No job waits, runs or has ended yet.\n"]);
});

test("the list has a line for every job: what waits, what runs, then what has ended, the newest first", async t => {
  const layout = temporaryLayout(t);
  const first = archive(layout, undefined, {
    tables: [outcome("a"), outcome("b", { outcome: "failed" })],
    status: "failed",
  });
  const second = archive(layout, first);
  const [low, high] = [newId("ingest-hive"), newId("ingest-hive")];
  submitJob(layout, low, { ...INGEST, submittedBy: "cleo" });
  submitJob(layout, high, { ...INGEST, submittedBy: "cleo", priority: 5 });
  writeFileSync(join(layout.queue, "by hand.json"), '{ "type": "inge');
  writeFileSync(layout.heartbeat, "{}");
  const now = running(layout, 2);
  const { code, out } = await job(layout, ["list"]);
  assert.equal(code, 0);
  const lines = out
    .trimEnd()
    .split("\n")
    .map(line => line.split(/ {2,}/));
  assert.deepEqual(
    lines.map(([state, id]) => [state, id]),
    [
      ["○ queued", high],
      ["○ queued", low],
      ["○ queued", "by hand.json"],
      ["▶ running", now],
      ["✓ succeeded", second.id],
      ["✕ failed", first.id],
    ],
  );
  assert.deepEqual(
    lines.map(line => line[2]),
    [
      "Ingest 2 tables from sales",
      "Ingest 2 tables from sales",
      "not a job file (yet)",
      "Ingest 2 tables from sales",
      "Ingest 1 table from sales",
      "Ingest 1 table from sales",
    ],
  );
  assert.deepEqual([lines[0]?.[3], lines[3]?.[3], lines[4]?.[3]], ["cleo", "bob", "ada"]);
  assert.deepEqual(
    [lines[0]?.[5], lines[3]?.[5], lines[4]?.[5], lines[5]?.[5]],
    ["2 tables", "2 of 3 tables", "1 table", "1 of 2 tables"],
  );
});

test("the list ends after the last 20 that have ended, unless all are asked for", async t => {
  const layout = temporaryLayout(t);
  let last: JobRecord | undefined;
  for (let i = 0; i < 25; i++)
    last = archive(layout, last, { finishedAt: `2026-${i < 10 ? "10" : "11"}-02T00:00:00.000Z` });
  const lines = async (words: string[]) => (await job(layout, ["list", ...words])).out.trimEnd().split("\n");
  const shown = await lines([]);
  assert.equal(shown.length, 20);
  assert.ok(shown[0]?.includes(last?.id ?? "?"));
  assert.equal((await lines(["--all"])).length, 25);
});

test("what only asks is listed when all is asked for, and counted by what it is about", async t => {
  const layout = temporaryLayout(t);
  const services = [outcome("a", { table: "spark", target: "" }), outcome("b", { table: "azure", target: "" })];
  const check = archive(layout, undefined, { type: "check-services", parameters: {}, tables: services });
  assert.equal(
    (await job(layout, ["list"])).out,
    "No job waits, runs or has ended yet; plans and checks are listed with --all.\n",
  );
  const moved = archive(layout, check);
  const plan = newId("plan-job");
  submitJob(layout, plan, { type: "plan-job", parameters: { job: INGEST }, submittedBy: "cleo" });
  const listed = async (words: string[]) => (await job(layout, ["list", ...words])).out.trimEnd().split("\n");
  const few = await listed([]);
  assert.equal(few.length, 1);
  assert.ok(few[0]?.includes(moved.id));
  const all = await listed(["--all"]);
  assert.equal(all.length, 3);
  assert.match(all[0] ?? "", new RegExp(`${plan} +Plan: Ingest 2 tables from sales`));
  assert.match(all[2] ?? "", / 2 services$/);
  const { out } = await job(layout, ["show", check.id]);
  assert.match(out, /^✓ succeeded: 2 services/);
  assert.match(out, /\nservices:\n {2}spark: succeeded/);
});

test("what is not read on a terminal has no colour", async t => {
  const layout = temporaryLayout(t);
  archive(layout);
  assert.doesNotMatch((await job(layout, ["list"])).out, /\x1b/);
});

test("everything about a running job is shown: how far each table is, and where the log is", async t => {
  const layout = temporaryLayout(t);
  const id = running(layout, 1);
  appendLine(eventsFile(layout, id), eventShape, {
    ...stamp,
    event: "progress",
    table: "hive.sales.b",
    step: "write",
    done: 3,
    total: 8,
  });
  const { out } = await job(layout, ["show", id]);
  assert.match(out, /^▶ running for .*: Ingest 2 tables from sales\n/);
  assert.match(out, /hive\.sales\.a -> lake\.s\.a: succeeded/);
  assert.match(out, /hive\.sales\.b -> lake\.s\.b: write 3 of 8 tasks/);
  assert.match(out, /hive\.sales\.c -> lake\.s\.c: waits/);
  assert.match(out, new RegExp(`log: logs/${id}.log`));
});

test("everything about a queued job is shown, also when it waits for another attempt", async t => {
  const layout = temporaryLayout(t);
  const id = newId("ingest-hive");
  submitJob(layout, id, { ...INGEST, submittedBy: "cleo" });
  assert.match(
    (await job(layout, ["show", id])).out,
    /^○ queued for .*: Ingest 2 tables from sales\nsubmitted by cleo/,
  );
  const origin = { via: "portal", submittedBy: "bob", submittedAt: new Date().toISOString() };
  const retry = { used: 1, closes: 1, notBefore: origin.submittedAt, origin, trusted: true };
  writeFileSync(runningFiles(layout, id).retry, JSON.stringify(retry));
  assert.match((await job(layout, ["show", id])).out, /submitted by bob.*\nattempt 2 at /);
});

test("everything about an ended job is shown, its verdict first", async t => {
  const layout = temporaryLayout(t);
  const parent = archive(layout);
  const record = archive(layout, parent, {
    ...{ status: "failed", exitCode: 1, parent: parent.id, followUps: [`${parent.id}-1`], note: "monthly" },
    error: { message: "1 of 2 tables failed: hive.sales.b", hint: "Repair it." },
    tables: [outcome("a"), outcome("b", { outcome: "failed", error: { message: "A file is damaged." } })],
  });
  const { code, out } = await job(layout, ["show", record.id]);
  assert.equal(code, 0);
  assert.match(out, /^✕ failed: 1 of 2 tables failed: hive\.sales\.b Repair it\.\n/);
  for (const part of [
    "hive.sales.b -> lake.sales_iceberg.b: failed",
    "A file is damaged.",
    "note: monthly",
    "waited 1.5 s, ran 62 s",
    "1. 2026-11-03T09:00:01.500Z, 62 s, exit code 0",
    `follows ${parent.id} (succeeded)`,
    `followed by ${parent.id}-1 (not there)`,
    "2 equal",
    `archive/2026-11/${record.id}.proofs.ndjson`,
    `record: archive/2026-11/${record.id}.json`,
    `log: logs/${record.id}.log`,
  ])
    assert.ok(out.includes(part), `${part} is not in:\n${out}`);
});

test("what people wrote can't steer the terminal", async t => {
  const layout = temporaryLayout(t);
  const evil = "a\x1b[2Jb\nc\u009bd";
  const record = archive(layout, undefined, {
    note: evil,
    submittedBy: evil,
    status: "failed",
    error: { message: evil },
  });
  writeFileSync(join(layout.queue, "x\x1b[2Jx.json"), "{}");
  const { out } = await job(layout, ["show", record.id]);
  assert.match(out, /note: a \[2Jb c d\n/);
  assert.doesNotMatch(out + (await job(layout, ["list"])).out, /[\x1b\x9b]/);
});

test("the raw record of an ended job is given when asked for", async t => {
  const layout = temporaryLayout(t);
  const record = archive(layout);
  assert.deepEqual(JSON.parse((await job(layout, ["show", record.id, "--json"])).out), record);
});

test("for an unknown id the nearest known one is named", async t => {
  const layout = temporaryLayout(t);
  const { id } = archive(layout);
  for (const command of ["show", "cancel", "retry"]) {
    const { code, err } = await job(layout, [command, id.slice(0, -1)]);
    assert.equal(code, 2);
    assert.ok(err.includes(`Did you mean ${id}?`), err);
  }
  assert.match((await job(layout, ["show", "../../etc/passwd"])).err, /There is no job/);
});
