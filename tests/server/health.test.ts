import assert from "node:assert/strict";
import { rmdirSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { test } from "node:test";
import { alive } from "../../server/http/health.ts";
import { startPortal } from "./portal.ts";

interface Health {
  status: string;
  checks: { name: string; ok: boolean; needed: boolean; description: string }[];
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

test("without a worker and Spark the portal can still do its work: degraded, and said what is what", async t => {
  const { get, layout } = await startPortal(t, { role: "nobody" });
  const { status, body } = await get("/readyz");
  const { status: said, checks }: Health = JSON.parse(body);
  assert.deepEqual([status, said], [200, "degraded"]);
  assert.deepEqual(
    checks.filter(({ ok }) => !ok).map(({ name, needed }) => [name, needed]),
    [
      ["worker", false],
      ["spark", false],
    ],
  );
  assert.ok(!body.includes(layout.root) && !body.includes("127.0.0.1"), body);
});

test("a service that the worker misses is named; a heartbeat that is old is none", async t => {
  const { get, layout } = await startPortal(t, { role: "nobody" });
  const beat = (at: string) =>
    writeFileSync(
      layout.heartbeat,
      JSON.stringify({
        ...{ pid: process.pid, host: hostname(), since: at, at, running: [], waiting: 0, stopping: false },
        services: { azure: { ok: false, ms: 3, error: "http://10.0.0.1 refused" } },
      }),
    );
  beat(new Date().toISOString());
  const { body } = await get("/readyz");
  const failing = (text: string) => (JSON.parse(text) as Health).checks.filter(({ ok }) => !ok).map(({ name }) => name);
  assert.deepEqual(failing(body), ["spark", "worker: azure"]);
  assert.ok(!body.includes("10.0.0.1"));
  beat(new Date(Date.now() - 16_000).toISOString());
  await new Promise(done => setTimeout(done, 500));
  assert.deepEqual(failing((await get("/readyz")).body), ["worker", "spark", "worker: azure"]);
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
  const { get } = await startPortal(t, { role: "nobody", environment: { MIN_FREE_MB: "999999999" } });
  const { status, body } = await get("/readyz");
  assert.equal(status, 200);
  assert.match(body, /below MIN_FREE_MB/);
});
