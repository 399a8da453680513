import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import type { JobFile } from "../../../../core/jobs/envelope.ts";
import { readJson } from "../../../../core/system/json.ts";
import { outcome } from "../../../core/audit/archive.ts";
import { archiveAll, ended, settled } from "../../audited.ts";
import { startPortal } from "../../portal.ts";

const TARGET = "lake.sales_iceberg.orders";

test("a job's page leads to its undo, which names what it made and who built on it, and plans it", async t => {
  const portal = await startPortal(t);
  const copied = outcome("orders", { table: TARGET, target: "azure.sales_iceberg.orders" });
  const [first, built, looked] = archiveAll(portal.layout, [
    ended("ingest-hive", "2026-03-01", { tables: [outcome("orders", { change: { created: true } })] }),
    ended("migrate-iceberg", "2026-03-02", { tables: [copied] }),
    ended("check-services", "2026-03-03", { tables: [] }),
  ]);
  await settled(portal);
  const page = `/jobs/${first?.id}`;
  assert.match((await portal.get(page)).body, new RegExp(`href="${page}/undo"`));
  const shown = await portal.get(`${page}/undo`);
  assert.match(shown.text, /What the job made .*lake\.sales_iceberg\.orders.* the table/s);
  assert.match(shown.body, new RegExp(`name="alsoBuiltOn" value="${built?.id}"`));
  assert.doesNotMatch(shown.body, new RegExp(looked?.id ?? ""));

  const sent = await portal.post(`${page}/undo`, { tables: TARGET, alsoBuiltOn: built?.id ?? "" });
  assert.equal(sent.status, 303);
  const [name = ""] = readdirSync(portal.layout.queue).filter(one => one.endsWith(".json"));
  assert.equal(sent.location, `/plans/${name.slice(0, -".json".length)}`);
  const file = readJson<JobFile>(join(portal.layout.queue, name));
  const inner = { job: first?.id, tables: [TARGET], alsoBuiltOn: [built?.id] };
  assert.deepEqual(file?.parameters.job, { type: "undo-job", parameters: inner });
  assert.match((await portal.get(sent.location ?? "")).text, /Plan: Undo lake\.sales_iceberg\.orders of /);

  const viewer = { cookie: portal.cookieOf("viewer") };
  assert.doesNotMatch((await portal.get(`${page}/undo`, viewer)).body, /type="checkbox" name="tables"|Plan the undo/);
  assert.equal((await portal.post(`${page}/undo`, {}, viewer)).status, 403);
  assert.equal((await portal.get(`/jobs/${looked?.id}/undo`)).status, 422);
  assert.equal((await portal.get("/jobs/nobody-knows/undo")).status, 404);
});

test("a job that was undone says by which, and is not undone again", async t => {
  const portal = await startPortal(t);
  const first = ended("ingest-hive", "2026-03-01", { tables: [outcome("orders")] });
  const gone = outcome("orders", { table: TARGET, target: TARGET });
  const [done, undo] = archiveAll(portal.layout, [
    first,
    ended("undo-job", "2026-03-02", { parameters: { job: first.id, alsoBuiltOn: [] }, tables: [gone] }),
  ]);
  await settled(portal);
  const { body, text } = await portal.get(`/jobs/${done?.id}`);
  assert.doesNotMatch(body, /\/undo"/);
  assert.match(text, new RegExp(`Undone by ${undo?.id}`));
});
