import assert from "node:assert/strict";
import { appendFileSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import { newId } from "../../../core/jobs/id.ts";
import { eventsFile, runningFiles } from "../../../core/store/layout.ts";
import { submitJob } from "../../../core/store/submit.ts";
import { endedJob, runningJob, startApi, writeLog } from "../api.ts";

test("events are followed by offset, in whole lines", async t => {
  const { call, layout } = await startApi(t);
  const id = runningJob(layout);
  const path = eventsFile(layout, id);
  const none = await call("GET", `/api/jobs/${id}/events`);
  assert.deepEqual([none.status, none.text, none.headers.get("next-offset")], [200, "", "0"]);
  writeFileSync(path, '{"event":"started"}\n{"event":"no');
  const first = await call("GET", `/api/jobs/${id}/events`);
  assert.equal(first.text, '{"event":"started"}\n');
  assert.deepEqual([first.headers.get("next-offset"), first.headers.get("job-state")], ["20", "running"]);
  assert.match(first.headers.get("content-type") ?? "", /^application\/x-ndjson/);
  appendFileSync(path, 'te","message":"ä"}\n');
  const rest = await call("GET", `/api/jobs/${id}/events?from=20`);
  assert.equal(rest.text, '{"event":"note","message":"ä"}\n');
  const end = await call("GET", `/api/jobs/${id}/events?from=${rest.headers.get("next-offset")}`);
  assert.deepEqual([end.status, end.text], [200, ""]);
  const behind = await call("GET", `/api/jobs/${id}/events?from=4000`);
  assert.deepEqual([behind.status, behind.body.error.hint], [416, "Begin again with from=0."]);
});

test("a last line that is longer than what is read at once is still not cut", async t => {
  const { call, layout } = await startApi(t);
  const { id } = endedJob(layout);
  const whole = `${JSON.stringify({ event: "note", message: "x".repeat(200_000) })}\n`;
  writeFileSync(eventsFile(layout, id), `${whole}${"y".repeat(150_000)}`);
  assert.equal((await call("GET", `/api/jobs/${id}/events`)).text, whole);
});

test("a log is read by offset or by range, the last attempt's or another", async t => {
  const { call, layout } = await startApi(t);
  const { id } = endedJob(layout);
  writeLog(layout, `${id}.log`, "first attempt\n");
  writeLog(layout, `${id}.2.log`, "second attempt\n");
  const log = `/api/jobs/${id}/log`;
  assert.equal((await call("GET", log)).text, "second attempt\n");
  assert.equal((await call("GET", `${log}?attempt=1`)).text, "first attempt\n");
  assert.equal((await call("GET", `${log}?attempt=3`)).status, 404);
  const part = await call("GET", `${log}?from=7&to=14`);
  assert.deepEqual([part.status, part.text, part.headers.get("next-offset")], [200, "attempt", "14"]);
  assert.equal((await call("GET", `${log}?from=7`)).text, "attempt\n");
  const range = await call("GET", log, undefined, { range: "bytes=-8" });
  assert.deepEqual([range.status, range.text, range.headers.get("content-range")], [206, "attempt\n", "bytes 7-14/15"]);
  assert.equal((await call("GET", log, undefined, { range: "bytes=99-" })).status, 416);
});

test("a job that waits has an empty log, not none", async t => {
  const { call, layout } = await startApi(t);
  const id = newId("ingest-hive");
  submitJob(layout, id, { type: "ingest-hive", parameters: { database: "sales", tables: ["orders"] } });
  const { status, text, headers } = await call("GET", `/api/jobs/${id}/log`);
  assert.deepEqual([status, text, headers.get("job-state")], [200, "", "queued"]);
});

test("proofs are there while a job runs and when it has ended", async t => {
  const { call, layout } = await startApi(t);
  const running = runningJob(layout);
  assert.equal((await call("GET", `/api/jobs/${running}/proofs`)).status, 404);
  writeFileSync(runningFiles(layout, running).proofs, '{"verdict":"equal"}\n');
  assert.equal((await call("GET", `/api/jobs/${running}/proofs`)).text, '{"verdict":"equal"}\n');
  const { id } = endedJob(layout);
  assert.equal((await call("GET", `/api/jobs/${id}/proofs`)).text, '{"verdict":"equal"}\n');
});

test("no address leads out of the folders of the jobs", async t => {
  const { call, layout } = await startApi(t);
  const { id } = endedJob(layout);
  writeFileSync(`${layout.root}/secret.log`, "secret");
  const odd = [
    "..%2fsecret",
    "%2e%2e%2fsecret",
    `..%2flogs%2f${id}`,
    `${id}%00`,
    `${id}%2f..%2f..%2fsecret`,
    "%2fetc%2fpasswd",
  ];
  for (const name of odd) {
    for (const file of ["log", "events", "proofs"]) {
      const { status, text } = await call("GET", `/api/jobs/${name}/${file}`);
      assert.ok([400, 404].includes(status), `${name}: ${status}`);
      assert.ok(!text.includes("secret\n") && !text.includes("root:"), text);
    }
  }
  assert.equal((await call("GET", `/api/jobs/${id}/log?attempt=..%2f..`)).status, 400);
});
