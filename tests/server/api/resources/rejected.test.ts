import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { test } from "node:test";
import { readAuditEvents } from "../../../../core/audit/audit-events.ts";
import { startApi } from "../../api.ts";
import { rejectedFile } from "../../log-files.ts";

const GOOD = { type: "ingest-hive", parameters: { database: "sales", tables: ["orders"] } };

test("rejected files are listed with their reason, read, dismissed and submitted again", async t => {
  const { call, layout } = await startApi(t);
  rejectedFile(layout, "weekly load.json", '{"type":"ingest"}', 'line 1, type: unknown type "ingest"');
  rejectedFile(layout, "b.json", "{", "line 1: it ends too early");
  const { body } = await call("GET", "/api/rejected?limit=1");
  assert.deepEqual([body.total, body.files.length], [2, 1]);
  const read = await call("GET", `/api/rejected/file?name=${encodeURIComponent("weekly load.json")}`);
  assert.deepEqual([read.body.text, read.body.reason[0]], ['{"type":"ingest"}', 'line 1, type: unknown type "ingest"']);

  const wrong = await call("POST", "/api/rejected/submit", { name: "weekly load.json", text: '{"type":"ingest"}' });
  assert.deepEqual([wrong.status, wrong.body.error.problems.length > 0], [422, true]);
  const text = JSON.stringify(GOOD);
  const { status, body: job, headers } = await call("POST", "/api/rejected/submit", { name: "weekly load.json", text });
  assert.deepEqual([status, headers.get("location")], [201, job.url]);
  assert.deepEqual(readdirSync(layout.queue).filter(name => name === `${job.id}.json`).length, 1);

  const dismissed = await call("POST", "/api/rejected/dismiss", { names: ["b.json"], why: "a torn copy" });
  assert.deepEqual(dismissed.body, { dismissed: ["b.json"] });
  assert.equal((await call("GET", "/api/rejected")).body.total, 0);
  assert.equal((await call("POST", "/api/rejected/dismiss", { names: ["b.json"], why: "again" })).status, 404);
  const events = readAuditEvents(layout).map(({ what, about, via }) => [what, about, via]);
  assert.deepEqual(events.slice(0, 2), [
    ["dismiss", "b.json", "api"],
    ["submit again", "weekly load.json", "api"],
  ]);
});

test("a viewer reads rejected files and changes none, and no name leads out of the folder", async t => {
  const { call, layout } = await startApi(t, { role: "viewer" });
  rejectedFile(layout, "a.json", "{", "no");
  assert.equal((await call("GET", "/api/rejected/file?name=a.json")).body.text, "{");
  assert.equal((await call("GET", "/api/rejected/file?name=..%2Fworker.json")).status, 404);
  assert.equal((await call("POST", "/api/rejected/dismiss", { names: ["a.json"], why: "x" })).status, 403);
  assert.equal((await call("POST", "/api/rejected/submit", { name: "a.json", text: "{}" })).status, 403);
});
