import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { newId } from "../../../../core/jobs/id.ts";
import { archive, outcome } from "../../../core/audit/archive.ts";
import { startPortal } from "../../portal.ts";

test("one search finds jobs, tables, files and pages", async t => {
  const portal = await startPortal(t);
  const record = archive(portal.layout, undefined, {
    id: newId("ingest-hive"),
    tables: [outcome("orders")],
    note: "third quarter",
  });
  mkdirSync(join(portal.layout.root, "uploads"), { recursive: true });
  writeFileSync(join(portal.layout.root, "uploads", "orders.csv"), "a\n1\n");
  await portal.portal.index.reconcile();

  const found = await portal.get("/search?text=orders");
  assert.match(found.body, new RegExp(`href="/jobs/${record.id}"`));
  assert.match(found.body, /href="\/tables\/hive\/sales\/orders"/);
  assert.match(found.body, /href="\/files\/orders\.csv"/);
  assert.match((await portal.get("/search?text=system+health")).body, /href="\/doctor"/);
  assert.match((await portal.get(`/search?text=${record.id}`)).body, new RegExp(`href="/jobs/${record.id}"`));
  assert.match((await portal.get("/search?text=%3Cb%3E")).text, /Nothing is called “<b>”/);
});

test("an administrator has a folder watched on the page of the logs, and ends that again", async t => {
  const portal = await startPortal(t, { role: "administrator" });
  const folder = join(portal.layout.root, "incoming");
  const wrong = await portal.post("/analyses/watched", { folder, files: "*.log" });
  assert.equal(wrong.status, 422);
  assert.match(wrong.text, /There is no such folder/);
  assert.match(wrong.body, new RegExp(`value="${folder}"`), "what was typed is kept");

  mkdirSync(folder);
  writeFileSync(join(portal.layout.root, "analyses.json"), JSON.stringify({ topN: 7 }));
  assert.equal((await portal.post("/analyses/watched", { folder: `${folder}/`, files: "*.log" })).status, 303);
  const config = () => JSON.parse(readFileSync(join(portal.layout.root, "analyses.json"), "utf8"));
  assert.deepEqual(config(), { topN: 7, watch: [{ folder, files: "*.log" }] });
  assert.match((await portal.get("/analyses")).text, /is watched: .*Watched folders .*incoming files \*\.log/);
  assert.match((await portal.post("/analyses/watched", { folder, files: "*.log" })).text, /watched already/);
  assert.match((await portal.post("/analyses/watched", { folder: "logs" })).text, /by its whole path/);

  assert.equal((await portal.post("/analyses/watched/remove", { folder, files: "*.log" })).status, 303);
  assert.deepEqual(config().watch, []);
});

test("an operator sees the watched folders, and may not change them", async t => {
  const portal = await startPortal(t);
  assert.equal((await portal.post("/analyses/watched", { folder: portal.layout.root })).status, 403);
  assert.doesNotMatch((await portal.get("/analyses")).body, /action="\/analyses\/watched"/);
});
