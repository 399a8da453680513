import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { newId } from "../../../core/jobs/id.ts";
import { cancelFile } from "../../../core/store/cancel.ts";
import { startApi } from "../api.ts";

const deep = (levels = 9_000) => `${"[".repeat(levels)}${"]".repeat(levels)}`;

test("nine thousand levels are refused by every route that takes JSON, and the portal goes on", async t => {
  const { call } = await startApi(t, { role: "administrator" });
  const schedule = `{"cron":"0 3 * * *","job":{"type":"check-archive","x":${deep()}}}`;
  for (const [method, path, body] of [
    ["POST", "/api/jobs", `{"type":"check-archive","x":${deep()}}`],
    ["POST", "/api/jobs", `{"type":"plan-job","parameters":{"job":{"type":"check-archive","parameters":${deep()}}}}`],
    ["POST", "/api/jobs", deep()],
    ["POST", "/api/jobs", "[".repeat(900_000)],
    ["PUT", "/api/schedules/nightly", schedule],
    ["PUT", "/api/schedules/nightly", `{"a":`.repeat(9_000)],
  ] as const) {
    const { status, text } = await call(method, path, body);
    assert.ok([400, 422].includes(status), `${method} ${path} ${body.slice(0, 40)}: ${status}`);
    assert.match(text, /nested deeper than 100 levels/);
  }
  assert.equal((await call("GET", "/api/jobs")).status, 200);
});

test("two thousand unknown keys are answered with the first twenty, at once", async t => {
  const { call } = await startApi(t);
  const keys = Array.from({ length: 2_000 }, (_, i) => `"key${i}":1`).join(",");
  const began = performance.now();
  const { status, body } = await call("POST", "/api/jobs", `{"type":"check-archive",${keys}}`);
  assert.ok(performance.now() - began < 10_000);
  assert.equal(status, 422);
  assert.equal(body.error.problems.length, 20);
  assert.match(body.error.problems[0], /^line 1, key0: unknown key/);
  const schedule = await call("PUT", "/api/schedules/x", `{"cron":"@daily","job":{"type":"check-archive",${keys}}}`);
  assert.deepEqual([schedule.status, schedule.body.error.problems.length], [422, 20]);
});

test("deep files that lie in queue/, queue/cancel/, schedules/, logs/ and archive/ break no answer", async t => {
  const { call, layout } = await startApi(t);
  const id = newId("light");
  mkdirSync(join(layout.archive, "2026-01"), { recursive: true });
  const object = `{"id":"${id}","x":${deep()}}`;
  for (const path of [
    join(layout.queue, `${id}.json`),
    join(layout.running, `${newId("light")}.json`),
    join(layout.running, `${newId("light")}.claim.json`),
    cancelFile(layout, id),
    join(layout.schedules, "deep.json"),
    join(layout.archive, "2026-01", `${newId("light")}.json`),
    layout.heartbeat,
    join(layout.logs, `${id}.events.ndjson`),
  ])
    writeFileSync(path, object);
  for (const path of ["/api/jobs", "/api/schedules", "/api/schedules/deep", "/api/audit"]) {
    const { status, text } = await call("GET", path);
    assert.ok(status === 200 || (path === "/api/audit" && status === 404), `${path}: ${status} ${text.slice(0, 200)}`);
  }
  assert.match(JSON.stringify((await call("GET", "/api/schedules/deep")).body.problems), /nested deeper/);
});
