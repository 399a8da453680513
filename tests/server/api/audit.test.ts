import assert from "node:assert/strict";
import { test } from "node:test";
import { outcome } from "../../core/audit/archive.ts";
import { endedJob, startApi } from "../api.ts";

test("the audit has rows and the totals of all that is filtered, page by page", async t => {
  const { call, layout } = await startApi(t);
  const first = endedJob(layout);
  const second = endedJob(layout, first, {
    status: "failed",
    submittedBy: "grace",
    tables: [outcome("orders"), outcome("returns", { outcome: "failed", error: { message: "no" } })],
  });
  const { body } = await call("GET", "/api/audit?from=&rows=1");
  assert.deepEqual([body.totals.jobs, body.totals.failed, body.totals.tables, body.totals.people], [2, 1, 3, 2]);
  assert.deepEqual(
    body.jobs.map((job: { id: string }) => job.id),
    [second.id],
  );
  const older = await call("GET", `/api/audit?from=&rows=1&before=${encodeURIComponent(body.next)}`);
  assert.deepEqual([older.body.jobs[0].id, older.body.next], [first.id, undefined]);
  const grace = await call("GET", "/api/audit?from=&person=grace");
  assert.deepEqual([grace.body.totals.jobs, grace.body.jobs.length], [1, 1]);
  const tables = await call("GET", "/api/audit?from=&view=tables&outcome=failed");
  assert.deepEqual(
    tables.body.tables.map((row: { table: string; error: string }) => [row.table, row.error]),
    [["hive.sales.returns", "no"]],
  );
});

test("what people did stands in the view of activity", async t => {
  const { call } = await startApi(t);
  await call("POST", "/api/jobs", { type: "export-audit" });
  const { body } = await call("GET", "/api/audit?view=activity&action=start");
  assert.deepEqual(
    body.events.map((event: { by: string; via: string }) => [event.by, event.via]),
    [["api-operator", "api"]],
  );
});

test("the file holds exactly the filtered jobs, with the columns of the report", async t => {
  const { call, layout } = await startApi(t);
  const first = endedJob(layout);
  const second = endedJob(layout, first, { submittedBy: "grace" });
  const { text, headers } = await call("GET", "/api/audit.csv?from=&person=grace");
  const lines = text.trimEnd().split("\n");
  assert.match(headers.get("content-type") ?? "", /^text\/csv/);
  assert.match(lines[0] ?? "", /^job_id,type,status,/);
  assert.deepEqual(
    lines.slice(1).map(line => line.split(",")[0]),
    [second.id],
  );
  assert.equal((await call("GET", "/api/audit.csv?persn=grace")).status, 400);
});
