import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { test } from "node:test";
import { writeHealthHistory } from "../../../../core/store/heartbeat.ts";
import type { Layout } from "../../../../core/store/layout.ts";
import { startApi } from "../../api.ts";
import { startPortal } from "../../portal.ts";

const minutesAgo = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString();

function beat({ heartbeat }: Layout, at: string): void {
  const services = { spark: { ok: true, ms: 4, version: "4.1.3" }, azure: { ok: false, ms: 9, error: "refused" } };
  writeFileSync(heartbeat, JSON.stringify({ pid: process.pid, host: hostname(), since: at, at, services }));
}

function history(layout: Layout, outages = 1): void {
  writeHealthHistory(layout, {
    services: {
      spark: {
        ...{ healthy: true, since: minutesAgo(30) },
        outages: Array.from({ length: outages }, (_, i) => ({
          ...{ from: minutesAgo(40 + i), until: minutesAgo(30 + i), why: "connect <ECONNREFUSED>" },
        })),
      },
      azure: { healthy: false, since: minutesAgo(5), outages: [{ from: minutesAgo(5), why: "does not answer" }] },
    },
  });
}

test("System health shows when a service was unhealthy, why, and when it was healthy again", async t => {
  const { layout, get } = await startPortal(t, { role: "viewer" });
  assert.match((await get("/doctor")).text, /Health history Nothing was unhealthy so far\./);
  beat(layout, new Date().toISOString());
  history(layout);
  const { text, body } = await get("/doctor");
  assert.match(text, /Azure Blob does not answer ✕ Unhealthy 5m ago not yet 5:00/);
  assert.match(text, /Spark connect <ECONNREFUSED> ✓ Healthy again 40m ago 30m ago 10:00/);
  assert.match(body, /<time datetime="[^"]+" title="\d{4}-\d\d-\d\d [\d:]+ UTC" data-ago>40m ago/);
  assert.match(body, /connect &lt;ECONNREFUSED/);
});

test("of a long history the page shows the newest twenty, the API all", async t => {
  const api = await startApi(t, { role: "viewer" });
  history(api.layout, 40);
  const { text } = await api.get("/doctor", { cookie: api.cookieOf("viewer") });
  assert.match(text, /Health history the last 20 of 41; the API has all/);
  assert.equal(text.match(/Healthy again \d/g)?.length, 19);
  assert.equal((await api.call("GET", "/api/health")).body.outages.length, 41);
});

test("the API says how each service is, since when, and that no worker is an outage, too", async t => {
  const { layout, call } = await startApi(t, { role: "viewer" });
  const none = await call("GET", "/api/health");
  assert.deepEqual(none.body, { worker: { alive: false }, services: [], setUp: [], outages: [] });
  beat(layout, new Date().toISOString());
  history(layout);
  const { body } = await call("GET", "/api/health");
  assert.equal(body.worker.alive, true);
  const [spark, azure] = body.services;
  assert.deepEqual([spark.healthy, spark.milliseconds, spark.version], [true, 4, "4.1.3"]);
  assert.deepEqual([azure.title, azure.healthy, azure.error], ["Azure Blob", false, "refused"]);
  assert.ok(Date.parse(azure.since) < Date.now() - 4 * 60_000);
  beat(layout, minutesAgo(2));
  const silent = await call("GET", "/api/health");
  const { service, until, why } = silent.body.outages[0];
  assert.deepEqual([service, until, why], ["worker", undefined, "gives no sign of life"]);
});
