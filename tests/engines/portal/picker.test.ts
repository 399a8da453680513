import assert from "node:assert/strict";
import { cpSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { listQueued } from "../../../core/store/jobs-on-disk.ts";
import { readSchedule, scheduleNames } from "../../../core/store/schedules.ts";
import { jobTypes } from "../../../engines/list.ts";
import { FIXTURES } from "../../connectors/hive/metastore-stand-in.ts";
import { startPortal, type TestPortal } from "../../server/portal.ts";
import { newDatabase, testSession } from "../lake.ts";

const STACK = Object.fromEntries(
  ["LAPTOP_DIR", "SPARK_REMOTE", "HIVE_METASTORE_URI", "LAKE_WAREHOUSE"].map(name => [name, process.env[name] ?? ""]),
);

/** Asks for a page until it says something: what Spark knows comes behind. */
async function says(portal: TestPortal, path: string, words: RegExp): Promise<string> {
  for (let tries = 0; tries < 600; tries++) {
    const { text, body } = await portal.get(path);
    if (words.test(text)) return body;
    await new Promise(resolve => setTimeout(resolve, 100));
  }
  throw new Error(`${path} never said ${words}: ${(await portal.get(path)).text}`);
}

test("while Spark is away the picker says so, asks again by itself, and throws nothing away", async t => {
  const portal = await startPortal(t);
  const body = await says(portal, "/ingest?database=sales", /this page fills by itself as soon as it answers/);
  assert.match(body, /hx-trigger="every 1s"/);
  assert.match(body, /<noscript><a href="\/ingest\?database=sales">Refresh/);
});

test("what is possible is told with the names, and all that match are chosen without what is not", async t => {
  const session = await testSession(t);
  const database = await newDatabase(t, session);
  await session.command(`create table ${database}.orders (id int) stored as parquet`);
  await session.command(`create table ${database}.order_lines (id int) partitioned by (day string) stored as orc`);
  await session.command(
    `create table ${database}.ledger_of_orders (id int) stored as textfile tblproperties ('skip.footer.line.count' = '1')`,
  );
  await session.command(
    `create table ${database}.kept_changes (id int) clustered by (id) into 2 buckets stored as orc tblproperties ('transactional' = 'true')`,
  );
  await session.command(`create table ${database}.customers (id int) stored as textfile`);
  await session.command(
    `create table ${database}.many_writes (id int) clustered by (id) into 1 buckets stored as orc tblproperties ('transactional' = 'true')`,
  );
  const described = await session.command(`describe formatted ${database}.many_writes`);
  const location = String(described.find(row => row.col_name === "Location")?.data_type);
  cpSync(join(FIXTURES, "warehouse", "acid.db", "many"), fileURLToPath(location.replace(/^file:\/*/, "file:///")), {
    recursive: true,
  });
  const portal = await startPortal(t, { environment: STACK });
  await says(
    portal,
    `/ingest?database=${database}&text=order`,
    /ledger_of_orders has the property.*3 of 6 match|3 of 6 match.*ledger_of_orders has the property/s,
  );
  await says(portal, `/ingest?database=${database}&text=kept`, /ORC, transactional, 0 deltas/);
  await says(
    portal,
    `/ingest?database=${database}&text=many`,
    /ORC, transactional, 1\d\d deltas \(compact it in Hive first\)/,
  );
  const chosen = await portal.post("/ingest/choose", { database, text: "order", go: "all" });
  assert.equal(chosen.location, `/ingest?database=${database}&text=order`);
  const { text, body } = await portal.get(`/ingest?database=${database}`);
  assert.match(text, /2 tables selected size not known/);
  assert.match(body, /value="ledger_of_orders" aria-label="ledger_of_orders" disabled/);
  assert.doesNotMatch(body, /value="customers"[^>]* checked/);

  await t.test("what a filter hides of the selection is told, since it is started too", async () => {
    const hidden = await portal.get(`/ingest?database=${database}&text=customers`);
    assert.match(hidden.text, /2 tables selected .*2 of them are hidden by the filter/);
  });

  await t.test("a selection becomes a schedule without a line of JSON", async () => {
    const to = await portal.post("/ingest/choose", { database, go: "schedule" });
    assert.equal(to.location, "/new-schedule?draft=1");
    const form = await portal.get(to.location);
    assert.match(form.text, /Ingest 2 tables from .* Job file/);
    const job = /<textarea[^>]*>\n([^<]*)</.exec(form.body)?.[1]?.replaceAll("&quot;", '"') ?? "";
    const repeat = "0 3 * * sun";
    const sent = { name: "weekly", repeat, cronBefore: "0 3 * * *", cron: "0 3 * * *", timeZone: "UTC", job, note: "" };
    assert.equal((await portal.post("/schedules", sent)).location, "/schedules/weekly");
    assert.match((await portal.get("/schedules/weekly")).text, /at 03:00, only on Sunday/);
    const own = { ...sent, name: "own", cron: "5 4 * * *" };
    assert.equal((await portal.post("/schedules", own)).location, "/schedules/own");
    assert.match((await portal.get("/schedules/own")).text, /5 4 \* \* \*/, "a line that somebody wrote counts");
  });

  await t.test(
    "what was ticked on one page stays ticked while others are looked at, and leaves with the start",
    async () => {
      const again = await portal.post("/ingest/choose", {
        database,
        text: "cust",
        shown: "customers",
        name: "customers",
        azure: "on",
        go: "find",
      });
      assert.equal(again.location, `/ingest?database=${database}&text=cust`);
      const copied = await portal.get(`/ingest/copy?database=${database}`);
      for (const words of ['"customers"', '"order_lines"', '"orders"', '"migrate-iceberg"', "curl -H"])
        assert.ok(copied.text.includes(words), words);
      const { location } = await portal.post("/ingest/choose", {
        database,
        shown: ["customers", "orders"],
        name: ["orders"],
        ifExists: "skip",
        mode: "snapshot",
        snowflake: "on",
        go: "start",
      });
      const [job] = listQueued(portal.layout);
      assert.equal(location, `/jobs/${job?.id}`);
      const tables = ["order_lines", "orders"];
      assert.deepEqual(job?.file?.parameters, { database, tables, mode: "snapshot", ifExists: "skip" });
      assert.deepEqual(job?.file?.then, [{ type: "migrate-iceberg" }, { type: "register-snowflake" }]);
      assert.match((await portal.get(`/ingest?database=${database}`)).text, /0 tables/);
    },
  );

  await t.test("nothing chosen is a sentence, and a viewer may look but not choose", async () => {
    const { location } = await portal.post("/ingest/choose", { database, go: "start" });
    assert.equal(location, `/ingest?database=${database}`, "the page with what was filled in");
    assert.match((await portal.get(location ?? "")).text, /No table is selected\. Select at least one/);
    const viewer = await portal.get(`/ingest?database=${database}`, { cookie: portal.cookieOf("viewer") });
    assert.match(viewer.text, /Operators can start this; you may look/);
    assert.doesNotMatch(viewer.body.split("<dialog")[0] ?? "", /type="checkbox"/);
  });
});

test("a namespace of the lake shows rows, snapshots and how far Azure is behind", async t => {
  const session = await testSession(t);
  const database = await newDatabase(t, session);
  await session.command(`create namespace if not exists lake.${database}_iceberg`);
  await session.command(`create table lake.${database}_iceberg.t using iceberg as select id from range(12345)`);
  const portal = await startPortal(t, { environment: STACK });
  await says(portal, `/migrate?namespace=${database}_iceberg`, /Table t .*Snapshots? 1|t 1 12,345|12,345/);
  const { location } = await portal.post("/migrate/choose", {
    namespace: `${database}_iceberg`,
    name: "t",
    snowflake: "on",
    snowflakeSchema: "web",
    go: "plan",
  });
  assert.match(location ?? "", /^\/plans\//);
  const [job] = listQueued(portal.layout);
  const inner = (job?.file?.parameters ?? {}) as { job?: { then?: unknown } };
  assert.deepEqual(inner.job?.then, [{ type: "register-snowflake", parameters: { schema: "web" } }]);
  assert.match((await portal.get(location ?? "")).text, /No worker is running: the plan waits for one/);

  await t.test("one tick copies the history now, and every night what is new", async () => {
    await portal.post("/migrate/choose", {
      ...{ namespace: `${database}_iceberg`, name: "t", nightly: "on", snowflake: "on", go: "start" },
    });
    const started = listQueued(portal.layout).find(({ file }) => file?.type === "migrate-iceberg");
    const parameters = { namespace: `${database}_iceberg`, tables: ["t"], history: "all", ifExists: "sync" };
    assert.deepEqual(started?.file?.parameters, parameters);
    assert.deepEqual(scheduleNames(portal.layout), ["migrate-iceberg"]);
    const { schedule } = readSchedule(portal.layout, "migrate-iceberg", jobTypes) ?? {};
    assert.deepEqual([schedule?.cron, schedule?.job.parameters], ["0 2 * * *", parameters]);
    assert.deepEqual(schedule?.job.then, [{ type: "register-snowflake" }]);
  });
});
