import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { readAuditEvents } from "../../../core/audit/audit-events.ts";
import { eventShape } from "../../../core/jobs/events.ts";
import { newId } from "../../../core/jobs/id.ts";
import { cancelFile } from "../../../core/store/cancel.ts";
import { eventsFile } from "../../../core/store/layout.ts";
import { appendLine } from "../../../core/system/ndjson.ts";
import { outcome } from "../../core/audit/archive.ts";
import { endedJob, runningJob, startApi } from "../api.ts";

const INGEST = { type: "ingest-hive", parameters: { database: "sales", tables: ["orders"] } };

test("a job is started with its file as it would be dropped, in the name of the token's person", async t => {
  const { call, layout } = await startApi(t);
  const { status, headers, body } = await call("POST", "/api/jobs", { ...INGEST, note: "monthly" });
  assert.equal(status, 201);
  assert.equal(headers.get("location"), `/api/jobs/${body.id}`);
  const file = JSON.parse(readFileSync(join(layout.queue, `${body.id}.json`), "utf8"));
  assert.deepEqual([file.via, file.submittedBy, file.note], ["api", "api-operator", "monthly"]);
  const shown = await call("GET", body.url);
  assert.deepEqual([shown.body.state, shown.body.title], ["queued", "Ingest 1 table from sales"]);
  const [event] = readAuditEvents(layout);
  assert.deepEqual([event?.what, event?.by, event?.job, event?.from], ["start", "api-operator", body.id, "127.0.0.1"]);
});

test("what only the portal may say of a job is dropped", async t => {
  const { call, layout } = await startApi(t);
  const other = newId("ingest-hive");
  const said = {
    via: "schedule",
    submittedBy: "root",
    submittedAt: "2020-01-01T00:00:00Z",
    parent: other,
    retryOf: other,
  };
  const { body } = await call("POST", "/api/jobs", { ...INGEST, ...said });
  const file = JSON.parse(readFileSync(join(layout.queue, `${body.id}.json`), "utf8"));
  assert.deepEqual(
    [file.via, file.submittedBy, file.parent, file.retryOf],
    ["api", "api-operator", undefined, undefined],
  );
  assert.notEqual(file.submittedAt, said.submittedAt);
});

test("a client may repeat a start: the same id is refused the second time, wherever the job is by then", async t => {
  const { call, layout } = await startApi(t);
  const id = newId("ingest-hive");
  assert.equal((await call("POST", "/api/jobs", { ...INGEST, id })).status, 201);
  const again = await call("POST", "/api/jobs", { ...INGEST, id });
  assert.equal(again.status, 409);
  assert.equal(again.body.error.message, `There is a job ${id} already.`);
  const ended = endedJob(layout);
  assert.equal((await call("POST", "/api/jobs", { ...INGEST, id: ended.id })).status, 409);
  assert.equal(readdirSync(layout.queue).filter(name => name.endsWith(".json")).length, 1);
});

test("a wrong job file is refused with line, field and the nearest word", async t => {
  const { call, layout } = await startApi(t);
  const wrong = '{ "type": "ingest-hive",\n  "parameters": { "databse": "sales",\n    "tables": [] } }';
  const { status, body } = await call("POST", "/api/jobs", wrong);
  assert.equal(status, 422);
  const problems = body.error.problems.join("\n");
  assert.match(problems, /line 2, parameters\.databse: unknown key, did you mean "database"\?/);
  assert.match(problems, /line 3, parameters\.tables/);
  const unknown = await call("POST", "/api/jobs", { type: "ingest-hiv" });
  assert.match(unknown.body.error.problems[0], /did you mean "ingest-hive"\?/);
  assert.deepEqual(
    readdirSync(layout.queue).filter(name => name.endsWith(".json")),
    [],
  );
  assert.deepEqual(readAuditEvents(layout), []);
});

test("a body that is not JSON, too large or of another type is refused with a sentence", async t => {
  const { call } = await startApi(t);
  const broken = await call("POST", "/api/jobs", '{ "type": ');
  assert.deepEqual([broken.status, broken.body.error.message], [400, "The body is not a JSON object."]);
  const list = await call("POST", "/api/jobs", "[]");
  assert.equal(list.status, 400);
  const large = await call("POST", "/api/jobs", { ...INGEST, note: "x".repeat(1024 * 1024) });
  assert.deepEqual([large.status, large.body.error.message], [413, "That is too large: 1 MiB at most."]);
  for (const type of ["application/x-www-form-urlencoded", "text/plain", "application/xml"]) {
    const other = await call("POST", "/api/jobs", JSON.stringify(INGEST), { "content-type": type });
    assert.equal(other.status, 415, type);
    assert.equal(other.body.error.hint, "Send it with Content-Type: application/json.");
  }
});

test("jobs that wait, run and have ended come as one list, and its pages hold each of them once", async t => {
  const { call, layout } = await startApi(t);
  const first = endedJob(layout);
  const second = endedJob(layout, first, { status: "failed", submittedBy: "grace" });
  const running = runningJob(layout, { parameters: INGEST.parameters });
  const { body: queued } = await call("POST", "/api/jobs", INGEST);
  writeFileSync(join(layout.queue, "weekly.json"), JSON.stringify(INGEST));
  const seen: string[] = [];
  for (let next: string | undefined = "", pages = 0; next !== undefined; pages++) {
    assert.ok(pages < 6, "the list does not end");
    const { body } = await call("GET", `/api/jobs?limit=1&before=${encodeURIComponent(next)}`);
    seen.push(...body.jobs.map((job: { id?: string; file?: string }) => job.id ?? job.file));
    next = body.next;
  }
  assert.deepEqual(seen.toSorted(), [first.id, second.id, running, queued.id, "weekly.json"].toSorted());
  assert.deepEqual(seen.slice(-2), [second.id, first.id]);
  const whole = await call("GET", "/api/jobs");
  assert.deepEqual(whole.body.jobs.map((job: { state: string }) => job.state).toSorted(), [
    "failed",
    "queued",
    "queued",
    "running",
    "succeeded",
  ]);
});

test("lists are filtered by state, type, person, table, time and text", async t => {
  const { call, layout } = await startApi(t);
  const first = endedJob(layout, undefined, { note: "for the quarter" });
  const second = endedJob(layout, first, { status: "failed", submittedBy: "grace", tables: [outcome("returns")] });
  const running = runningJob(layout, { parameters: INGEST.parameters });
  const ids = async (query: string) =>
    (await call("GET", `/api/jobs?${query}`)).body.jobs.map((job: { id: string }) => job.id);
  assert.deepEqual(await ids("state=failed"), [second.id]);
  assert.deepEqual(await ids("state=running"), [running]);
  assert.deepEqual(await ids("person=grace"), [second.id]);
  assert.deepEqual(await ids("table=lake.sales_iceberg.ord"), [running, first.id]);
  assert.deepEqual(await ids("table=hive.sales.returns"), [second.id]);
  assert.deepEqual(await ids("text=QUARTER"), [first.id]);
  assert.deepEqual(await ids(`from=${first.finishedAt.slice(0, 10)}&to=${first.finishedAt.slice(0, 10)}`), [first.id]);
  assert.deepEqual(await ids("type=export-audit"), []);
});

test("an unknown key or value of a query is refused with what is known", async t => {
  const { call } = await startApi(t);
  const { status, body } = await call("GET", "/api/jobs?stat=failed&limit=many&type=ingest-hive&type=export-audit");
  assert.equal(status, 400);
  assert.deepEqual(body.error.problems.toSorted(), [
    "limit: expected a whole number",
    'stat: unknown key, did you mean "state"?',
    "type: it stands there twice",
  ]);
  for (const query of ["from=yesterday", "from=2026-02-30", "before=xyz"])
    assert.equal((await call("GET", `/api/jobs?${query}`)).status, 400, query);
});

test("a job is shown whole: where its tables are while it runs, its record when it has ended", async t => {
  const { call, layout } = await startApi(t);
  const id = runningJob(layout, { parameters: INGEST.parameters });
  const at = new Date().toISOString();
  const step = { table: "hive.sales.orders", target: "lake.sales_iceberg.orders", action: "create" };
  appendLine(eventsFile(layout, id), eventShape, { at, attempt: 1, event: "planned", steps: [step], parallel: 1 });
  appendLine(eventsFile(layout, id), eventShape, { at, attempt: 1, event: "table-started", ...step });
  const { body } = await call("GET", `/api/jobs/${id}`);
  assert.deepEqual(body.tables, { total: 1, succeeded: 0, failed: 0, skipped: 0 });
  assert.deepEqual([body.progress.tables[0].state, body.cancelling, body.record], ["running", false, undefined]);
  const record = endedJob(layout);
  const ended = await call("GET", `/api/jobs/${record.id}`);
  assert.deepEqual([ended.body.state, ended.body.record.hash], ["succeeded", record.hash]);
});

test("an unknown id is refused with the nearest one", async t => {
  const { call, layout } = await startApi(t);
  const { id } = endedJob(layout);
  const mistyped = `${id.slice(0, -1)}${id.endsWith("x") ? "y" : "x"}`;
  for (const [method, path] of [
    ["GET", ""],
    ["POST", "/cancel"],
    ["POST", "/retry"],
    ["GET", "/log"],
  ] as const) {
    const { status, body } = await call(method, `/api/jobs/${mistyped}${path}`);
    assert.deepEqual([status, body.error.hint], [404, `Did you mean ${id}?`]);
  }
});

test("the wish to cancel is left for the worker, once, and recorded with its reason", async t => {
  const { call, layout } = await startApi(t);
  const { body: job } = await call("POST", "/api/jobs", INGEST);
  const { status, body } = await call("POST", `${job.url}/cancel`, { reason: "wrong month" });
  assert.equal(status, 202);
  assert.match(body.message, /goes to the archive without being run\. No worker is running/);
  const { by, reason } = JSON.parse(readFileSync(cancelFile(layout, job.id), "utf8"));
  assert.deepEqual([by, reason], ["api-operator", "wrong month"]);
  assert.match((await call("POST", `${job.url}/cancel`)).body.message, /already/);
  const events = readAuditEvents(layout, { what: "cancel" });
  assert.deepEqual(
    events.map(event => [event.job, event.detail, event.from, event.via]),
    [[job.id, "wrong month", "127.0.0.1", "api"]],
  );
  assert.equal((await call("GET", job.url)).body.cancelling, true);
});

test("what has ended can't be cancelled, and no wish is left", async t => {
  const { call, layout } = await startApi(t);
  const { id } = endedJob(layout);
  const { status, body } = await call("POST", `/api/jobs/${id}/cancel`);
  assert.deepEqual(
    [status, body.error.message],
    [409, `${id} has ended already (succeeded): there is nothing to cancel.`],
  );
  assert.equal(existsSync(cancelFile(layout, id)), false);
});

test("a retry takes the tables that did not succeed, and all where that is asked for", async t => {
  const { call, layout } = await startApi(t);
  const job = { database: "sales", tables: ["orders", "returns"] };
  const tables = [outcome("orders"), outcome("returns", { outcome: "failed", error: { message: "no" } })];
  const { id } = endedJob(layout, undefined, { status: "failed", parameters: job, tables });
  const { status, headers, body } = await call("POST", `/api/jobs/${id}/retry`);
  assert.equal(status, 201);
  assert.equal(headers.get("location"), body.url);
  const file = JSON.parse(readFileSync(join(layout.queue, `${body.id}.json`), "utf8"));
  assert.deepEqual([file.parameters.tables, file.retryOf, file.via], [["returns"], id, "api"]);
  const again = await call("POST", `/api/jobs/${id}/retry`);
  assert.deepEqual([again.status, again.body.error.hint], [409, `Look at ${body.id}.`]);
  const whole = endedJob(layout, undefined, { parameters: job });
  const nothing = await call("POST", `/api/jobs/${whole.id}/retry`);
  assert.deepEqual([nothing.status, nothing.body.error.message], [409, `Nothing is left to do of ${whole.id}.`]);
  const all = await call("POST", `/api/jobs/${whole.id}/retry`, { all: true });
  assert.equal(all.status, 201);
  assert.deepEqual(
    readAuditEvents(layout).map(event => event.what),
    ["retry", "retry"],
  );
});

test("a job that has not ended can't be run again", async t => {
  const { call, layout } = await startApi(t);
  const id = runningJob(layout, { parameters: INGEST.parameters });
  const { status, body } = await call("POST", `/api/jobs/${id}/retry`);
  assert.equal(status, 409);
  assert.match(body.error.message, /has not ended, it is running/);
});
