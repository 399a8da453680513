import assert from "node:assert/strict";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { readAuditEvents } from "../../../../core/audit/audit-events.ts";
import { rebuildAudit } from "../../../../core/audit/rebuild.ts";
import { newId } from "../../../../core/jobs/id.ts";
import type { JobRecord } from "../../../../core/jobs/record.ts";
import { listQueued } from "../../../../core/store/jobs-on-disk.ts";
import { eventsFile, type Layout, runningFiles } from "../../../../core/store/layout.ts";
import { archive, outcome } from "../../../core/audit/archive.ts";
import { startPortal, type TestPortal } from "../../portal.ts";

const EVIL = `<script>alert("x")</script>`;

/** Puts records into the archive and the report, as the worker does. */
async function archived(portal: TestPortal, ...given: Partial<JobRecord>[]): Promise<JobRecord[]> {
  const records: JobRecord[] = [];
  const today = new Date().toISOString();
  for (const one of given) records.push(archive(portal.layout, records.at(-1), { finishedAt: today, ...one }));
  rebuildAudit(portal.layout);
  await portal.portal.index.reconcile();
  return records;
}

function queue(layout: Layout, file: object, id = newId("ingest-hive")): string {
  writeFileSync(join(layout.queue, `${id}.json`), JSON.stringify({ id, ...file }));
  return id;
}

function run(layout: Layout, events: object[]): string {
  const id = newId("ingest-hive");
  const files = runningFiles(layout, id);
  const now = new Date().toISOString();
  const file = { type: "ingest-hive", parameters: { database: "sales", tables: ["a", "b"] } };
  writeFileSync(files.job, JSON.stringify(file));
  writeFileSync(
    files.claim,
    JSON.stringify({
      id,
      type: "ingest-hive",
      attempt: 1,
      claimNumber: 1,
      host: "here",
      claimedAt: now,
      origin: { via: "portal", submittedBy: "anna", submittedAt: now },
      trusted: true,
      takenFrom: `${id}.json`,
      sessions: [],
    }),
  );
  mkdirSync(layout.logs, { recursive: true });
  writeFileSync(
    eventsFile(layout, id),
    events.map(event => `${JSON.stringify({ at: now, attempt: 1, ...event })}\n`).join(""),
  );
  return id;
}

const failed: Partial<JobRecord> = {
  status: "failed",
  tables: [
    outcome("orders"),
    outcome("ledger", {
      outcome: "failed",
      error: { message: "ledger is transactional.", hint: "Copy it in Hive first." },
    }),
  ],
  parameters: { database: "sales", tables: ["orders", "ledger"] },
  error: { message: "1 of 2 tables failed: hive.sales.ledger" },
};

test("the list has running, queued and ended jobs, and the sidebar counts them", async t => {
  const portal = await startPortal(t);
  await archived(portal, {}, failed);
  queue(portal.layout, { type: "ingest-hive", parameters: { database: "web", tables: ["events"] } });
  run(portal.layout, []);
  const { text } = await portal.get("/jobs");
  for (const words of [
    "Ingest 1 table from sales",
    "Ingest 1 table from web",
    "Running 1",
    "Queued 1",
    "Failed 1",
    "Succeeded 1",
    "1 of 2 tables failed: hive.sales.ledger",
  ])
    assert.ok(text.includes(words), `${words}\n${text}`);
});

test("a list of one state has only that state, and fits its columns to it", async t => {
  const portal = await startPortal(t);
  await archived(portal, {}, failed);
  const { text } = await portal.get("/jobs?state=failed");
  assert.match(text, /Failed jobs/);
  assert.match(text, /Ingest 2 tables from sales/);
  assert.doesNotMatch(text, /Ingest 1 table from sales/);
  assert.match((await portal.get("/jobs?state=running")).text, /Nothing runs right now/);
  assert.match((await portal.get("/jobs?state=failed&text=nowhere")).text, /No jobs match/);
});

test("a job that failed tells first what happened and what to do, then each table", async t => {
  const portal = await startPortal(t);
  const [, record] = await archived(portal, {}, failed);
  const { text } = await portal.get(`/jobs/${record?.id}`);
  assert.match(text, /1 of 2 tables failed: hive\.sales\.ledger/);
  assert.match(text, /ledger is transactional\. Copy it in Hive first\./);
  assert.match(text, /Retry the 1 that failed/);
  assert.ok(
    text.indexOf("ledger is transactional") < text.lastIndexOf("hive.sales.orders"),
    "what failed stands first",
  );
  assert.match(text, /9,007,199,254,740,993/);
  assert.match(text, /= ?equal/);
});

test("what the plan refused is not offered for a retry as if it could succeed; a job and its retry link each other", async t => {
  const portal = await startPortal(t);
  const refused = { message: "ledger is transactional.", hint: "Copy it in Hive first.", refused: true as const };
  const tables = [
    outcome("orders"),
    outcome("ledger", { outcome: "failed", error: refused }),
    outcome("lines", { outcome: "failed", error: { message: "Spark was lost." } }),
  ];
  const parameters = { database: "sales", tables: ["orders", "ledger", "lines"] };
  const [record] = await archived(portal, { ...failed, tables, parameters });
  const { text } = await portal.get(`/jobs/${record?.id}`);
  assert.match(text, /Retry the 1 that can succeed Retry the 2 that failed Run again/);
  await portal.post(`/jobs/${record?.id}/retry`, { possible: "1" });
  const [job] = listQueued(portal.layout);
  assert.deepEqual(job?.file?.parameters, { database: "sales", tables: ["lines"] });
  assert.match((await portal.get(`/jobs/${job?.id}`)).body, new RegExp(`href="/jobs/${record?.id}"`));
  await new Promise(resolve => setTimeout(resolve, 1_100));
  assert.match((await portal.get(`/jobs/${record?.id}`)).text, new RegExp(`Retried as ${job?.id}`));
});

test("migrating what a job ingested is offered where it is left to do, to whom may start it", async t => {
  const portal = await startPortal(t);
  const offered = async (id: string | undefined, role: "operator" | "viewer" = "operator") =>
    /Migrate (this|these)/.test((await portal.get(`/jobs/${id}`, { cookie: portal.cookieOf(role) })).text);
  const none = { status: "failed" as const, tables: [outcome("x", { outcome: "failed", error: { message: "No." } })] };
  const [all, allFailed, chained] = await archived(portal, {}, none, { then: [{ type: "migrate-iceberg" }] });
  assert.deepEqual(
    [
      await offered(all?.id),
      await offered(all?.id, "viewer"),
      await offered(allFailed?.id),
      await offered(chained?.id),
    ],
    [true, false, false, false],
  );
});

test("a running job shows how far each table is", async t => {
  const portal = await startPortal(t);
  const id = run(portal.layout, [
    {
      event: "planned",
      parallel: 2,
      steps: [
        { table: "hive.sales.a", target: "lake.s.a", action: "create" },
        { table: "hive.sales.b", target: "lake.s.b", action: "create" },
      ],
    },
    { event: "table-started", table: "hive.sales.a", target: "lake.s.a", action: "create" },
    { event: "progress", table: "hive.sales.a", step: "copying", done: 412, total: 1000, bytes: "87000000000" },
  ]);
  const { text, body } = await portal.get(`/jobs/${id}`);
  assert.match(text, /412 of 1,000 tasks, 41%, 87 GB read/);
  assert.match(text, /0 of 2 tables done/);
  assert.match(body, /<progress max="1000" value="412"/);
  assert.match(body, /hx-trigger="every 2s"/);
});

test("retry makes a job of what failed, in the name of the person, and is an audit event", async t => {
  const portal = await startPortal(t);
  const [record] = await archived(portal, failed);
  const { status, location } = await portal.post(`/jobs/${record?.id}/retry`);
  assert.equal(status, 303);
  const [job] = listQueued(portal.layout);
  assert.equal(location, `/jobs/${job?.id}`);
  assert.deepEqual(job?.file?.parameters, { database: "sales", tables: ["ledger"] });
  assert.deepEqual(
    [job?.file?.retryOf, job?.file?.via, job?.file?.submittedBy],
    [record?.id, "portal", "test-operator"],
  );
  assert.equal(readAuditEvents(portal.layout, {}).filter(event => event.what === "retry").length, 1);
});

test("cancel leaves the wish that the worker looks for, with who and why", async t => {
  const portal = await startPortal(t);
  const id = queue(portal.layout, { type: "ingest-hive", parameters: { database: "web", tables: ["events"] } });
  assert.equal((await portal.post(`/jobs/${id}/cancel`, { reason: "wrong table" })).status, 303);
  const wish = JSON.parse(readFileSync(join(portal.layout.cancel, `${id}.json`), "utf8"));
  assert.deepEqual([wish.by, wish.reason], ["test-operator", "wrong table"]);
});

test("several jobs are retried at once after a question that counts them", async t => {
  const portal = await startPortal(t);
  const records = await archived(portal, failed, failed);
  const ids = records.map(record => record.id);
  const question = await portal.post(
    "/jobs/bulk",
    { id: ids, action: "retry" },
    { referer: `${portal.url}/jobs?state=failed` },
  );
  assert.match(question.text, /Run again 2 jobs\?/);
  const { location } = await portal.post("/jobs/bulk/retry", { id: ids, back: "/jobs?state=failed" });
  assert.equal(location, "/jobs?state=failed");
  assert.equal(listQueued(portal.layout).length, 2);
});

test("names, notes and errors of others are shown as text", async t => {
  const portal = await startPortal(t);
  const [record] = await archived(portal, {
    ...failed,
    note: EVIL,
    submittedBy: EVIL,
    file: `${EVIL}.json`,
    via: "hand",
    error: { message: EVIL },
    tables: [outcome(EVIL, { outcome: "failed", error: { message: EVIL, hint: EVIL }, notes: [EVIL] })],
  });
  writeFileSync(
    join(portal.layout.queue, `${encodeURIComponent(EVIL)}.json`),
    JSON.stringify({ type: EVIL, note: EVIL }),
  );
  for (const path of [
    "/",
    "/jobs",
    `/jobs/${record?.id}`,
    `/jobs/${record?.id}/proofs?table=${encodeURIComponent(EVIL)}`,
    `/jobs?text=${encodeURIComponent(EVIL)}`,
  ]) {
    const { body, status } = await portal.get(path);
    assert.equal(status, 200);
    assert.ok(!body.includes("<script>alert"), path);
  }
});

test("an id that is none, or of no job, is a sentence and touches no file", async t => {
  const portal = await startPortal(t);
  for (const id of ["..%2f..%2fetc%2fpasswd", "nothing", "a%00b", newId("ingest-hive")]) {
    const { status, text } = await portal.get(`/jobs/${id}`);
    assert.equal(status, 404, id);
    assert.match(text, /There is no job|nothing at/);
  }
  assert.equal(existsSync(join(portal.layout.root, "people.db")), true);
});
