import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import type { JobFile } from "../../../../core/jobs/envelope.ts";
import { readJson } from "../../../../core/system/json.ts";
import { keepDifferences } from "../../../../engines/compare-tables/kept.ts";
import { outcome } from "../../../core/audit/archive.ts";
import { archiveAll, ended, settled } from "../../../server/audited.ts";
import { startPortal } from "../../../server/portal.ts";

test("two tables are named in a form and become a job, a file by its name among the uploads", async t => {
  const portal = await startPortal(t);
  const wrong = await portal.post("/comparisons", { left: "orders", right: "" });
  assert.equal(wrong.status, 422);
  assert.match(wrong.text, /Name a table or a file/);
  const form = { left: "hive.sales.orders", right: "lake.s.orders", rightAt: "eod", key: "id, day", ignore: "" };
  const sent = await portal.post("/comparisons", form);
  assert.equal(sent.status, 303);
  const [name = ""] = readdirSync(portal.layout.queue).filter(one => one.endsWith(".json"));
  assert.equal(sent.location, `/comparisons/${name.slice(0, -".json".length)}`);
  const file = readJson<JobFile>(join(portal.layout.queue, name));
  assert.deepEqual(file?.parameters, {
    left: "hive.sales.orders",
    right: { table: "lake.s.orders", at: "eod" },
    key: ["id", "day"],
  });
  assert.match((await portal.get(sent.location ?? "")).text, /The comparison waits/);
});

test("rows that differ are shown to operators, and to viewers only how many there are", async t => {
  const portal = await startPortal(t, { role: "viewer" });
  const sides = { left: "hive.sales.orders", right: "lake.s.orders" };
  const told = outcome("orders", {
    ...{ outcome: "failed", proof: { level: "compared", verdict: "differs" } },
    error: { message: "hive.sales.orders and lake.s.orders differ: 1 row with other values." },
  });
  const [record] = archiveAll(portal.layout, [
    ended("compare-tables", "2026-03-02", { parameters: sides, status: "failed", tables: [told] }),
  ]);
  const id = record?.id ?? "";
  keepDifferences(portal.layout, id, {
    ...sides,
    key: ["id"],
    counts: { left: "0", right: "0", changed: "1", repeated: "0" },
    columns: [{ name: "price", rows: "1" }],
    partitions: [{ name: "day=2026-01-01", rows: "1" }],
    rows: [{ kind: "changed", key: { id: "7" }, left: { price: "<1.10>" }, right: { price: null } }],
  });
  await settled(portal);
  const seen = await portal.get(`/comparisons/${id}`);
  assert.match(seen.text, /They differ\..*price.*day=2026-01-01/s);
  assert.doesNotMatch(seen.body, /1\.10/);
  const shown = await portal.get(`/comparisons/${id}`, { cookie: portal.cookieOf("operator") });
  assert.match(shown.body, /&lt;1\.10&gt;/);
  assert.match((await portal.get("/comparisons")).text, /≠ differs/);
  assert.equal((await portal.get("/comparisons/nobody-knows")).status, 404);
});
