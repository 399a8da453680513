import assert from "node:assert/strict";
import { readdirSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { newId } from "../../../../core/jobs/id.ts";
import type { Outcome } from "../../../../core/jobs/outcome.ts";
import type { Heartbeat } from "../../../../core/store/heartbeat.ts";
import { eventsFile, type Layout, runningFiles } from "../../../../core/store/layout.ts";
import { commandsIn } from "../../../../views/pages/doctor/doctor-remedy.ts";
import { archiveAll, ended, settled } from "../../audited.ts";
import { startPortal } from "../../portal.ts";

const looked = (table: string, given: Partial<Outcome> = {}): Outcome => ({
  ...{ table, target: "", outcome: "succeeded", seconds: 0.5, notes: ["fine"] },
  ...given,
});
const away: Partial<Outcome> = {
  outcome: "failed",
  error: {
    message: "No Spark Connect server answered at h:15002: the connection is refused.",
    hint: "Start it with `npm run laptop`, or write SPARK_REMOTE=sc://host:15002 into .env.",
  },
};

test("without a worker that is said first, with the command that starts one", async t => {
  const portal = await startPortal(t, { role: "viewer" });
  const { text, body } = await portal.get("/doctor");
  assert.match(body, /<a href="\/readyz">/);
  assert.match(text, /System health live ✕ No worker is running There has been none in this folder yet\. Jobs wait/);
  assert.match(text, /npm run worker/);
  assert.match(text, /No service has been looked at yet\./);
  heartbeat(portal.layout, { at: new Date(Date.now() - 3_600_000).toISOString() });
  // The world is looked at a few times a second at most.
  while (!/The last one/.test((await portal.get("/doctor")).text)) await sleep(50);
  assert.match((await portal.get("/doctor")).text, /No worker is running The last one, process \d+ on .* 1h ago/);
});

test("each service stands as the worker sees it, with how fast it answered, and the worker with its figures", async t => {
  const portal = await startPortal(t);
  heartbeat(portal.layout, {});
  const { text } = await portal.get("/doctor");
  assert.match(
    text,
    new RegExp(`Process ${process.pid} on ${hostname()} Since .* copy 1 of 2, light 0 of 4, stream 0`),
  );
  assert.match(text, /Waiting 3 Free disk 5,000 MB No new jobs below 1,024 MB/);
  assert.match(text, /Spark 4\.1\.3 ✓ Answers 12 ms/);
  assert.match(text, /Snowflake ✕ Does not answer 3,000 ms/);
  assert.match(text, /Snowflake needs attention .*Snowflake connect ECONNREFUSED\. .*npm run laptop/);
});

test("a disk that is nearly full is said with the limit", async t => {
  const portal = await startPortal(t);
  heartbeat(portal.layout, { lowDisk: true, freeMb: 12 });
  assert.match((await portal.get("/doctor")).text, /Only 12 MB are free on the disk Below 1,024 MB no new job/);
});

test("what the last test found ill has its sentence, and its commands to copy", async t => {
  const portal = await startPortal(t);
  heartbeat(portal.layout, {});
  const tables = [looked("node"), looked("spark", away), looked("catalog lake", { outcome: "skipped" })];
  archiveAll(portal.layout, [ended("check-services", "2026-03-02", { status: "failed", tables })]);
  await settled(portal);
  const { text, body } = await portal.get("/doctor");
  assert.match(text, /2 things need attention Spark, Snowflake/);
  assert.match(text, /No Spark Connect server answered at h:15002/);
  assert.match(text, /The worker reaches it by now\. Test again to see whether this still holds\./);
  const copies = [...body.matchAll(/<pre[^>]*><code>([^<]*)<\/code>/g)].map(([, code]) => code);
  assert.deepEqual(copies, ["npm run laptop", "SPARK_REMOTE=sc://host:15002", "npm run laptop"]);
  assert.match(text, /Catalog lake fine – Not looked at 0\.5 s/);
  assert.match(text, /Services tested .* ago for ada, the test/);
});

test("commands, statements and lines for .env are found in a sentence", () => {
  assert.deepEqual(commandsIn("Run `npm run laptop`, or write AZURE_KEY=… into .env."), [
    "npm run laptop",
    "AZURE_KEY=…",
  ]);
  assert.deepEqual(commandsIn("let an administrator run: GRANT USAGE ON WAREHOUSE X TO ROLE Y;"), [
    "GRANT USAGE ON WAREHOUSE X TO ROLE Y;",
  ]);
  assert.deepEqual(commandsIn("Look at the account."), []);
});

test("test again is a job for the worker, once; while it runs each answer appears as it comes", async t => {
  const portal = await startPortal(t);
  heartbeat(portal.layout, {});
  assert.match((await portal.get("/doctor")).body, /hx-trigger="every 5s"/);
  await portal.post("/doctor/test");
  await portal.post("/doctor/test");
  assert.equal(readdirSync(portal.layout.queue).filter(name => name.includes("check-services")).length, 1);
  const waiting = await portal.get("/doctor");
  assert.match(waiting.text, /Every service is being tested The worker takes it in a moment\./);
  assert.match(waiting.body, /hx-trigger="every 1s"/);
  assert.doesNotMatch(waiting.text, /Test again/);
  runningTest(portal.layout);
  const { text } = await portal.get("/doctor");
  assert.match(text, /Every service is being tested 1 of 3 have answered\./);
  assert.match(text, /Node v24 ✓ Well 0\.5 s/);
  assert.match(text, /Azure Blob ● Being looked at/);
});

test("a viewer looks, and tests nothing", async t => {
  const portal = await startPortal(t, { role: "viewer" });
  assert.doesNotMatch((await portal.get("/doctor")).text, /Test again/);
  assert.equal((await portal.post("/doctor/test")).status, 403);
});

function heartbeat(layout: Layout, given: Partial<Heartbeat>): void {
  const now = new Date().toISOString();
  const beat: Heartbeat = {
    ...{ pid: process.pid, host: hostname(), since: now, at: now, waiting: 3, notYet: [] },
    running: [{ id: "x", type: "ingest-hive", attempt: 1, since: now, lane: "copy" }],
    ...{ freeMb: 5000, lowDisk: false, stopping: false },
    services: {
      spark: { ok: true, ms: 12, version: "4.1.3" },
      snowflake: { ok: false, ms: 3000, error: "connect ECONNREFUSED" },
    },
    ...given,
  };
  writeFileSync(layout.heartbeat, JSON.stringify(beat));
}

function runningTest(layout: Layout): void {
  const id = newId("check-services");
  writeFileSync(runningFiles(layout, id).job, JSON.stringify({ type: "check-services", parameters: {}, id }));
  const events = [
    { event: "started", pid: 1, host: "h" },
    {
      event: "planned",
      parallel: 3,
      steps: ["node", "azure", "disk"].map(table => ({ table, target: "", action: "look" })),
    },
    { event: "table-started", table: "node", target: "", action: "look" },
    { event: "table-started", table: "azure", target: "", action: "look" },
    { event: "table-ended", table: "node", outcome: looked("node", { notes: ["v24"] }) },
  ];
  const at = new Date().toISOString();
  writeFileSync(
    eventsFile(layout, id),
    events.map(event => `${JSON.stringify({ at, attempt: 1, ...event })}\n`).join(""),
  );
}
