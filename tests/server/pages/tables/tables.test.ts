import assert from "node:assert/strict";
import { readdirSync, readFileSync, renameSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import type { Outcome } from "../../../../core/jobs/outcome.ts";
import type { JobRecord } from "../../../../core/jobs/record.ts";
import { writeSchedule } from "../../../../core/store/schedules.ts";
import { archiveAll, ended, settled } from "../../audited.ts";
import { startPortal } from "../../portal.ts";

const equal = { level: "read-back", verdict: "equal" } as const;
const done = (table: string, target: string, more: Partial<Outcome> = {}): Outcome => ({
  ...{
    table,
    target,
    outcome: "succeeded",
    seconds: 1,
    rows: "10",
    sourceSnapshot: "1",
    targetSnapshot: "1",
    proof: equal,
  },
  ...more,
});

/** Two tables on their way: orders is two snapshots behind on Azure, items was never proven there; returns was never copied. */
function moves(): Partial<JobRecord>[] {
  const hive = { database: "sales", tables: ["orders", "items"] };
  const lake = { namespace: "sales_iceberg", tables: ["orders", "items"], history: "all", ifExists: "sync" };
  const looked = (table: string, drift: object) =>
    ({
      table,
      target: "",
      outcome: "succeeded",
      seconds: 0,
      drift: { at: "2026-03-04T08:00:00.000Z", there: true, ...drift },
    }) as Outcome;
  const names = ["orders", "items"];
  const ingested = names.map(name => done(`hive.sales.${name}`, `lake.sales_iceberg.${name}`));
  const none = { level: "none", verdict: "not checked" } as const;
  const migrated = names.map(name =>
    done(`lake.sales_iceberg.${name}`, `azure.sales_iceberg.${name}`, name === "items" ? { proof: none } : {}),
  );
  const facts = [
    looked("lake.sales_iceberg.orders", { snapshot: "9", behind: { "1": 2 } }),
    looked("hive.sales.returns", {}),
  ];
  return [
    ended("ingest-hive", "2026-03-02", { parameters: hive, tables: ingested }),
    ended("migrate-iceberg", "2026-03-03", { parameters: lake, tables: migrated }),
    ended("check-drift", "2026-03-04", { parameters: { namespace: "sales" }, tables: facts }),
  ];
}

async function portalWithTables(t: { after(end: () => void): void }, role: "operator" | "viewer" = "operator") {
  const portal = await startPortal(t, { role });
  archiveAll(portal.layout, moves());
  await settled(portal);
  return portal;
}

test("the board says of every table where it stands, most urgent first, and counts the states", async t => {
  const portal = await portalWithTables(t);
  const { text, body, status } = await portal.get("/tables");
  assert.equal(status, 200);
  assert.match(text, /All 3 Failed 0 Gone 0 Behind 1 Not proven 1 Never copied 1 Up to date 0/);
  assert.match(text, /hive\.sales\.orders azure\.sales_iceberg\.orders ! Behind 2 snapshots behind/);
  const order = [...body.matchAll(/name="table" value="([^"]+)"/g)].map(([, name]) => name);
  assert.deepEqual(order, ["azure.sales_iceberg.orders", "azure.sales_iceberg.items", "hive.sales.returns"]);
  assert.match((await portal.get("/tables?state=unproven")).text, /Not proven never proven/);
  assert.match((await portal.get("/tables?text=nothing")).text, /No tables match\./);
  assert.equal((await portal.get("/tables?state=odd")).status, 422);
});

test("an empty board says what to do, and a viewer sees no buttons that would start something", async t => {
  const empty = await startPortal(t);
  assert.match((await empty.get("/tables")).text, /No table has been copied or looked at yet\./);
  const portal = await portalWithTables(t, "viewer");
  const { body } = await portal.get("/tables");
  assert.doesNotMatch(body, /name="table"|\/tables\/up-to-date/);
  assert.equal((await portal.post("/tables/up-to-date", { table: "azure.sales_iceberg.orders" })).status, 403);
});

test("selected tables are brought up to date by the jobs that copied them, after a look at what would be done", async t => {
  const portal = await portalWithTables(t);
  const tables = ["azure.sales_iceberg.orders", "azure.sales_iceberg.items"];
  const chosen = await portal.post("/tables/up-to-date", { table: tables });
  assert.equal(chosen.location, "/tables/up-to-date");
  const { text } = await portal.get("/tables/up-to-date");
  assert.match(text, /Bring up to date Submit 2 jobs/);
  assert.match(text, /Compare lake\.sales_iceberg\.items with azure\.sales_iceberg\.items/);
  const planned = await portal.post("/tables/up-to-date/plan", { job: "0" });
  assert.match(planned.location ?? "", /^\/plans\//);
  await portal.post("/tables/up-to-date/submit");
  const jobs = readdirSync(portal.layout.queue)
    .filter(name => name.endsWith(".json"))
    .map(name => JSON.parse(readFileSync(join(portal.layout.queue, name), "utf8")))
    .filter(({ type }) => type !== "plan-job");
  assert.deepEqual(jobs.map(({ type }) => type).sort(), ["compare-tables", "migrate-iceberg"]);
  const { parameters } = jobs.find(({ type }) => type === "migrate-iceberg");
  const ends = { namespace: "sales_iceberg", from: "lake", to: "azure", tables: ["orders"] };
  assert.deepEqual(parameters, { history: "all", ifExists: "sync", ...ends });
  const all = await portal.post("/tables/up-to-date", { all: "1", state: "new" });
  assert.equal(all.location, "/tables/up-to-date");
  assert.match((await portal.get("/tables/up-to-date")).text, /Ingest 1 table from sales .*Then: migrate-iceberg/);
});

test("what brings tables up to date says how long it takes, by earlier jobs of its kind", async t => {
  const portal = await portalWithTables(t);
  await portal.post("/tables/up-to-date", { table: ["azure.sales_iceberg.orders"] });
  assert.doesNotMatch((await portal.get("/tables/up-to-date")).text, /Takes/, "one earlier job tells nothing");
  const parameters = { namespace: "sales_iceberg", tables: ["orders"], history: "all", ifExists: "sync" };
  const again = [done("lake.sales_iceberg.orders", "azure.sales_iceberg.orders", { seconds: 20, bytes: "1000" })];
  const days = ["2026-03-05", "2026-03-06", "2026-03-07"];
  archiveAll(
    portal.layout,
    days.map(day => ended("migrate-iceberg", day, { parameters, tables: again })),
  );
  await settled(portal);
  const drift = { at: "2026-03-08T08:00:00.000Z", there: true, snapshot: "9", behind: { "1": 2 } };
  const looked = { table: "lake.sales_iceberg.orders", target: "", outcome: "succeeded", seconds: 0, drift } as Outcome;
  archiveAll(portal.layout, [
    ended("check-drift", "2026-03-08", { parameters: { namespace: "sales" }, tables: [looked] }),
  ]);
  await settled(portal);
  assert.match((await portal.get("/tables/up-to-date")).text, /Takes .* s, from [34] earlier jobs\./);
});

test("a filter is saved under a name, for its person alone, opened, and deleted", async t => {
  const portal = await portalWithTables(t);
  assert.doesNotMatch((await portal.get("/tables")).text, /Save this view/, "nothing is filtered");
  const filtered = "/tables?text=ord&state=behind&from=50&sort=";
  assert.match((await portal.get(filtered)).text, /Save this view/);
  const query = "text=ord&state=behind&from=50";
  const unnamed = await portal.post("/tables/views", { name: "  ", query });
  assert.equal(unnamed.status, 422);
  assert.match(unnamed.text, /A view has a name of at most 60 characters/);
  const saved = await portal.post("/tables/views", { name: "<b>Late</b> orders", query });
  assert.equal(saved.location, "/tables?state=behind&text=ord");
  const { text, body } = await portal.get(saved.location ?? "");
  assert.match(text, /Delete the view “<b>Late<\/b> orders”|Delete the view “&lt;b&gt;Late/);
  assert.match(
    body,
    /<a class="button small" href="\/tables\?state=behind&amp;text=ord" aria-current="true">&lt;b&gt;Late/,
  );
  const others = await portal.get("/tables", { cookie: portal.cookieOf("viewer") });
  assert.doesNotMatch(others.text, /Late/);
  await portal.post("/tables/views/delete", { name: "<b>Late</b> orders", query });
  assert.doesNotMatch((await portal.get("/tables")).text, /Late/);
});

test("the board is a file and a resource, and a check for drift starts from it", async t => {
  const portal = await portalWithTables(t);
  const lines = (await portal.get("/tables.csv?text=orders")).body.trim().split("\n");
  assert.equal(lines.length, 4);
  assert.match(
    lines[3] ?? "",
    /^hive\.sales\.orders,azure\.sales_iceberg\.orders,behind,azure\.sales_iceberg\.orders,behind,2 snapshots behind,2,1,10/,
  );
  const json = JSON.parse((await portal.get("/api/tables?limit=1")).body);
  assert.deepEqual([json.tables.length, json.next, json.counts.behind], [1, 1, 1]);
  const one = JSON.parse((await portal.get("/api/tables/lake.sales_iceberg.orders")).body);
  assert.equal(one.lineages[0].last, "azure.sales_iceberg.orders");
  assert.equal((await portal.get("/api/tables/lake.sales.nobody")).status, 404);
  assert.match(
    (await portal.post("/tables/check", { namespace: "hive.sales" })).location ?? "",
    /^\/jobs\/.*check-drift/,
  );
  assert.equal((await portal.post("/tables/check", { namespace: "sales" })).status, 422);
});

test("a table's page begins with its stations, and names the schedules that touch it", async t => {
  const portal = await portalWithTables(t);
  const job = { type: "migrate-iceberg", parameters: { namespace: "sales_iceberg", tables: "*" } };
  writeSchedule(portal.layout, "nightly", { cron: "0 3 * * *", timeZone: "UTC", job, paused: false }, true);
  const { text, status } = await portal.get("/tables/azure/sales_iceberg/orders");
  assert.equal(status, 200);
  assert.match(text, /Stations ! Behind/);
  assert.match(text, /azure\.sales_iceberg\.orders ! Behind 2 snapshots behind 10/);
  assert.match(text, /Schedules that touch it: Migrate all tables of sales_iceberg to azure/);
  // What only looked is no history.
  assert.doesNotMatch(text, /check-drift/);
});

test("the board reads no record: it answers the same while the archive's records are away", async t => {
  const portal = await portalWithTables(t);
  const before = await portal.get("/tables");
  renameSync(join(portal.layout.archive, "2026-03"), join(portal.layout.root, "away"));
  const after = await portal.get("/tables");
  renameSync(join(portal.layout.root, "away"), join(portal.layout.archive, "2026-03"));
  const rows = (body: string) => body.slice(body.indexOf("<tbody>"), body.indexOf("</tbody>"));
  assert.equal(rows(after.body), rows(before.body));
  assert.ok(rows(after.body).length > 100);
});
