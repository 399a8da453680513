import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { endedJob, startApi } from "../api.ts";

test("figures tell of jobs, worker, disk and requests, and name no job, table or person", async t => {
  const { call, layout } = await startApi(t, { role: "operator" });
  const record = endedJob(layout, undefined, { submittedBy: "grace" });
  writeFileSync(join(layout.rejected, "bad.json"), "{");
  await call("POST", "/api/jobs", { type: "export-audit" });
  await call("GET", `/api/jobs/${record.id}`);
  await call("GET", "/api/jobs/none-of-these");
  await call("GET", "/nowhere");
  await new Promise(done => setTimeout(done, 500));
  const { status, text, headers } = await call("GET", "/metrics");
  assert.equal(status, 200);
  assert.match(headers.get("content-type") ?? "", /^text\/plain; version=0\.0\.4/);
  const figure = (name: string) =>
    text
      .split("\n")
      .find(line => line.startsWith(`${name} `))
      ?.split(" ")[1];
  assert.equal(figure('portal_jobs_ended_total{type="ingest-hive",status="succeeded"}'), "1");
  assert.deepEqual([figure("portal_jobs_queued"), figure("portal_jobs_running")], ["1", "0"]);
  assert.equal(figure("portal_jobs_rejected_files"), "1");
  assert.ok(Number(figure("portal_jobs_oldest_waiting_seconds")) > 0);
  assert.ok(Number(figure("portal_disk_free_bytes")) > 0);
  assert.equal(figure("portal_worker_up"), "0");
  assert.equal(figure("portal_worker_heartbeat_age_seconds"), undefined);
  const requests = (labels: string) => figure(`portal_http_request_duration_seconds_count{${labels}}`);
  assert.equal(requests('method="POST",route="/api/jobs",status="201"'), "1");
  assert.equal(requests('method="GET",route="/api/jobs/:id",status="200"'), "1");
  assert.equal(requests('method="GET",route="/api/jobs/:id",status="404"'), "1");
  assert.equal(requests('method="GET",route="other",status="404"'), "1");
  assert.match(text, /^process_resident_memory_bytes \d/m);
  for (const word of [record.id, "grace", "orders", "api-operator", "none-of-these", "nowhere"])
    assert.ok(!text.includes(word), word);
});

test("a service that the worker sees is up or down", async t => {
  const { call, layout } = await startApi(t, { role: "viewer" });
  mkdirSync(layout.queue, { recursive: true });
  const at = new Date(Date.now() - 5_000).toISOString();
  const services = { spark: { ok: true, ms: 1 }, azure: { ok: false, ms: 1, error: "refused" } };
  writeFileSync(layout.heartbeat, JSON.stringify({ pid: 1, host: "elsewhere", since: at, at, running: [], services }));
  const { text } = await call("GET", "/metrics");
  assert.match(text, /^portal_service_up\{service="spark"\} 1$/m);
  assert.match(text, /^portal_service_up\{service="azure"\} 0$/m);
  assert.match(text, /^portal_worker_up 1$/m);
  const age = /^portal_worker_heartbeat_age_seconds (\S+)$/m.exec(text)?.[1];
  assert.ok(Number(age) >= 5, age);
});

test("figures are not for anyone", async t => {
  const { url } = await startApi(t);
  const { status, headers } = await fetch(`${url}/metrics`, { redirect: "manual" });
  assert.deepEqual([status, headers.get("www-authenticate")], [401, "Bearer"]);
});
