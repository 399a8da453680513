import assert from "node:assert/strict";
import { readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { type HealthHistory, OUTAGES_KEPT, readHealthHistory } from "../../../core/store/heartbeat.ts";
import { afterAbsence, withHealth } from "../../../worker/health/changes.ts";
import { makeWorld, until } from "../world.ts";

const NONE: HealthHistory = { services: {} };
const at = (second: number) => new Date(Date.UTC(2026, 2, 1, 9, 0, second)).toISOString();
const away = { spark: { ok: false, error: "connect ECONNREFUSED 127.0.0.1:1" } };

test("a service that falls ill and recovers leaves when, why and until when", () => {
  const ill = withHealth(withHealth(NONE, { spark: { ok: true } }, at(0)), away, at(10));
  assert.deepEqual(ill.services.spark, {
    healthy: false,
    since: at(10),
    outages: [{ from: at(10), why: "connect ECONNREFUSED 127.0.0.1:1" }],
  });
  assert.equal(withHealth(ill, away, at(20)), ill, "what stays as it is changes nothing");
  const again = withHealth(ill, { spark: { ok: true } }, at(30));
  assert.deepEqual([again.services.spark?.healthy, again.services.spark?.since], [true, at(30)]);
  assert.deepEqual(again.services.spark?.outages, [
    { from: at(10), until: at(30), why: "connect ECONNREFUSED 127.0.0.1:1" },
  ]);
});

test("a service that jobs no longer need is unhealthy no longer", () => {
  const gone = withHealth(withHealth(NONE, away, at(0)), {}, at(10));
  assert.equal(gone.services.spark?.outages[0]?.until, at(10));
});

test("of a service that comes and goes the newest outages are kept, and the others' are not pushed out", () => {
  let history = withHealth(NONE, { azure: { ok: false, error: "x".repeat(5000) } }, at(0));
  for (let i = 1; i <= 500; i++)
    history = withHealth(history, { spark: { ok: i % 2 === 0 }, azure: { ok: true } }, at(i));
  const { spark, azure } = history.services;
  assert.deepEqual([spark?.outages.length, spark?.outages[0]?.from], [OUTAGES_KEPT, at(499)]);
  assert.deepEqual([azure?.outages.length, azure?.outages[0]?.why.length], [1, 300]);
});

test("the time without a worker is an outage of its own, a restart is none", () => {
  const beat = (given: object) => ({
    ...{ pid: 1, host: "h", since: at(0), at: at(5), running: [], waiting: 0, notYet: [] },
    ...{ freeMb: 1, lowDisk: false, stopping: false, services: {}, ...given },
  });
  const killed = afterAbsence(NONE, beat({}), at(50));
  assert.deepEqual(killed.services.worker?.outages, [{ from: at(5), until: at(50), why: "gave no sign of life" }]);
  const stopped = afterAbsence(killed, beat({ at: at(55), stopping: true }), at(59));
  assert.equal(stopped.services.worker?.outages[0]?.why, "was stopped");
  assert.equal(stopped.services.worker?.outages.length, 2);
  const now = new Date().toISOString();
  assert.deepEqual(afterAbsence(NONE, beat({ at: now }), now).services.worker?.outages, []);
  assert.deepEqual(afterAbsence(NONE, undefined, now).services.worker?.outages, []);
});

test("the worker writes what changes, for itself alone, and goes on from it after a restart", async t => {
  const world = makeWorld(t);
  let ok = false;
  const health = async () => ({ spark: ok ? { ok, ms: 1 } : { ok, ms: 1, error: "refused" } });
  const worker = world.start({ health });
  const spark = () => readHealthHistory(world.layout).services.spark;
  await until(() => spark()?.healthy === false);
  const file = join(world.layout.root, "health-history.json");
  assert.equal(statSync(file).mode & 0o777, 0o600);
  const from = spark()?.since;
  await worker.stop("leave");
  ok = true;
  world.start({ health });
  await until(() => spark()?.healthy === true);
  assert.equal(spark()?.outages[0]?.from, from);
  assert.ok(spark()?.outages[0]?.until);
});

test("a history that somebody has spoilt is one of which less is known", async t => {
  const { layout } = makeWorld(t);
  const file = join(layout.root, "health-history.json");
  assert.deepEqual(readHealthHistory(layout), NONE);
  const azure = { healthy: true, since: at(1), outages: [{ from: at(0), until: 7, why: "w", more: 1 }], more: 1 };
  writeFileSync(file, JSON.stringify({ services: { spark: { healthy: "yes" }, azure } }));
  assert.deepEqual(readHealthHistory(layout).services, {
    azure: { healthy: true, since: at(1), outages: [{ from: at(0), why: "w" }] },
  });
  writeFileSync(file, readFileSync(file, "utf8").slice(0, 20));
  assert.deepEqual(readHealthHistory(layout), NONE);
});
