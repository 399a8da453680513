import assert from "node:assert/strict";
import { rmdirSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { test } from "node:test";
import type { Layout } from "../../../core/store/layout.ts";
import { alive } from "../../../server/http/health.ts";
import { startPortal } from "../portal.ts";

interface Health {
  status: string;
  waitsFor: string[];
  checks: { name: string; state: "healthy" | "unhealthy"; needed: boolean; description: string; since: string }[];
}

const unhealthyIn = (text: string) =>
  (JSON.parse(text) as Health).checks.filter(({ state }) => state === "unhealthy").map(({ name }) => name);

function beat({ heartbeat }: Layout, at: string, given: object = {}): void {
  const counts = { running: [], waiting: 0, stopping: false, services: {} };
  writeFileSync(heartbeat, JSON.stringify({ pid: process.pid, host: hostname(), since: at, at, ...counts, ...given }));
}

test("the portal lives as long as it answers, and tells that to anyone", async t => {
  const { get } = await startPortal(t, { role: "nobody" });
  const { status, body } = await get("/healthz");
  assert.deepEqual([status, JSON.parse(body).status], [200, "alive"]);
});

test("a portal whose event loop is held up for a second says that it is stuck", async () => {
  const answer = alive();
  for (const until = performance.now() + 1200; performance.now() < until; );
  const told = await answer;
  assert.ok(told.kind === "json" && told.status === 503);
  assert.equal((told.value as { status: string }).status, "stuck");
});

test("a portal waits for its worker, says so and since when, and is ready with its first sign of life", async t => {
  const { get, layout } = await startPortal(t, { role: "nobody" });
  const { status, body } = await get("/readyz");
  const { status: said, waitsFor, checks }: Health = JSON.parse(body);
  assert.deepEqual([status, said, waitsFor, unhealthyIn(body)], [503, "not ready", ["worker"], ["worker", "spark"]]);
  assert.ok(checks.every(({ since, description }) => Date.parse(since) <= Date.now() && description !== ""));
  assert.ok(!body.includes(layout.root) && !body.includes("127.0.0.1"), body);
  const at = new Date().toISOString();
  beat(layout, at);
  const then = await get("/readyz");
  const { status: now, waitsFor: left, checks: after }: Health = JSON.parse(then.body);
  // Without Spark tables can't be listed, and all else works.
  assert.deepEqual([then.status, now, left, unhealthyIn(then.body)], [200, "degraded", [], ["spark"]]);
  assert.equal(after.find(({ name }) => name === "worker")?.since, at);
  beat(layout, at, { stopping: true });
  assert.equal((await get("/readyz")).status, 503);
});

test("a state keeps its beginning as long as it lasts", async t => {
  const { get, layout } = await startPortal(t, { role: "nobody" });
  const folders = async () =>
    (JSON.parse((await get("/readyz")).body) as Health).checks.find(({ name }) => name === "folders");
  const first = await folders();
  await new Promise(done => setTimeout(done, 20));
  assert.deepEqual(await folders(), first);
  rmdirSync(layout.cancel);
  const missing = await folders();
  assert.equal(missing?.state, "unhealthy");
  assert.ok((missing?.since ?? "") > (first?.since ?? ""));
  assert.equal((await folders())?.since, missing?.since);
});

test("a service that the worker misses is named; a heartbeat that is old is none", async t => {
  const { get, layout } = await startPortal(t, { role: "nobody" });
  const services = { azure: { ok: false, ms: 3, error: "http://10.0.0.1 refused" } };
  beat(layout, new Date().toISOString(), { services });
  const { body } = await get("/readyz");
  assert.deepEqual(unhealthyIn(body), ["spark", "worker: azure"]);
  assert.ok(!body.includes("10.0.0.1"));
  const old = new Date(Date.now() - 16_000).toISOString();
  beat(layout, old, { services });
  const silent = await get("/readyz");
  assert.deepEqual(unhealthyIn(silent.body), ["worker", "spark", "worker: azure"]);
  assert.equal((JSON.parse(silent.body) as Health).checks.find(({ name }) => name === "worker")?.since, old);
});

test("where a folder is missing the portal is not ready, and says which without its path", async t => {
  const { get, layout } = await startPortal(t, { role: "nobody" });
  rmdirSync(layout.cancel);
  const { status, body } = await get("/readyz");
  const { status: said, checks }: Health = JSON.parse(body);
  assert.deepEqual([status, said], [503, "not ready"]);
  assert.equal(checks.find(({ name }) => name === "folders")?.description, "can't be written: cancel");
  assert.ok(!body.includes(layout.root));
});

test("too little room for jobs is said, and takes nobody's pages away", async t => {
  const { get, layout } = await startPortal(t, { role: "nobody", environment: { MIN_FREE_MB: "999999999" } });
  beat(layout, new Date().toISOString());
  const { status, body } = await get("/readyz");
  assert.equal(status, 200);
  assert.match(body, /below MIN_FREE_MB/);
});
