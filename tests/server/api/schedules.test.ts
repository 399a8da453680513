import assert from "node:assert/strict";
import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { startApi } from "../api.ts";

const SCHEDULE = { cron: "0 3 * * *", timeZone: "Europe/Berlin", job: { type: "export-audit", parameters: {} } };

test("a schedule is put, read, run and deleted over the API", async t => {
  const api = await startApi(t);
  const made = await api.call("PUT", "/api/schedules/nightly", SCHEDULE);
  assert.equal(made.status, 200);
  assert.deepEqual([made.body.words, made.body.submittedBy], ["at 03:00, every day", "api-operator"]);
  assert.equal(made.body.next.length, 5);
  const { submittedBy: _, next: __, ...told } = made.body;
  assert.deepEqual(told.schedule, SCHEDULE);
  assert.equal((await api.call("PUT", "/api/schedules/nightly", { ...SCHEDULE, paused: true })).status, 200);
  const list = await api.call("GET", "/api/schedules");
  assert.deepEqual([list.body.schedules.length, list.body.schedules[0].next], [1, []]);
  const run = await api.call("POST", "/api/schedules/nightly/run");
  assert.equal(run.status, 201);
  assert.equal((await api.call("GET", run.headers.get("location") ?? "")).body.submittedBy, "api-operator");
  assert.equal((await api.call("GET", "/api/schedules/nightly")).body.last.state, "queued");
  assert.equal((await api.call("POST", "/api/schedules/nightly/run")).status, 409);
  assert.deepEqual((await api.call("DELETE", "/api/schedules/nightly")).body, { deleted: "nightly" });
  assert.equal((await api.call("GET", "/api/schedules/nightly")).status, 404);
  assert.deepEqual(
    readdirSync(api.layout.schedules).filter(name => !name.startsWith(".")),
    [],
  );
});

test("the API refuses what is wrong with all that is wrong, and tells of files that are", async t => {
  const api = await startApi(t);
  const wrong = await api.call("PUT", "/api/schedules/nightly", { ...SCHEDULE, cron: "0 3", timezone: "UTC" });
  assert.equal(wrong.status, 422);
  assert.match(
    wrong.body.error.problems.join(" "),
    /cron: expected five parts.*timezone: unknown key, did you mean "timeZone"/,
  );
  const job = await api.call("PUT", "/api/schedules/nightly", { ...SCHEDULE, job: { type: "export-audti" } });
  assert.match(
    job.body.error.problems.join(" "),
    /job\.type: unknown type "export-audti", did you mean "export-audit"/,
  );
  assert.equal((await api.call("PUT", "/api/schedules/%2e%2e%2fx", SCHEDULE)).status, 422);
  writeFileSync(join(api.layout.schedules, "torn.json"), "{");
  const { body } = await api.call("GET", "/api/schedules/torn");
  assert.match(body.problems.join(" "), /not JSON/);
  const near = await api.call("GET", "/api/schedules/tron");
  assert.equal(near.body.error.hint, "Did you mean torn?");
});

test("a viewer's token reads schedules, and changes none", async t => {
  const api = await startApi(t, { role: "viewer" });
  assert.equal((await api.call("GET", "/api/schedules")).status, 200);
  assert.equal((await api.call("PUT", "/api/schedules/nightly", SCHEDULE)).status, 403);
  assert.equal((await api.call("DELETE", "/api/schedules/nightly")).status, 403);
});
