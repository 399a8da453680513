import assert from "node:assert/strict";
import { test } from "node:test";
import { listQueued } from "../../files/jobs-on-disk.ts";
import { newDatabase, testSession } from "../engines/lake.ts";
import { startPortal, type TestPortal } from "./portal.ts";

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
  assert.match(body, /<noscript><a href="\/ingest\?database=sales">Look again/);
});

test("what is possible is told with the names, and all that match are chosen without what is not", async t => {
  const session = await testSession(t);
  const database = await newDatabase(t, session);
  await session.command(`create table ${database}.orders (id int) stored as parquet`);
  await session.command(`create table ${database}.order_lines (id int) partitioned by (day string) stored as orc`);
  await session.command(
    `create table ${database}.ledger_of_orders (id int) clustered by (id) into 2 buckets stored as orc tblproperties ('transactional' = 'true')`,
  );
  await session.command(`create table ${database}.customers (id int) stored as textfile`);
  const portal = await startPortal(t, { environment: STACK });
  await says(
    portal,
    `/ingest?database=${database}&text=order`,
    /ledger_of_orders is transactional.*3 of 4 match|3 of 4 match.*ledger_of_orders is transactional/s,
  );
  const chosen = await portal.post("/ingest/choose", { database, text: "order", go: "all" });
  assert.equal(chosen.location, `/ingest?database=${database}&text=order`);
  const { text, body } = await portal.get(`/ingest?database=${database}`);
  assert.match(text, /2 tables size not known/);
  assert.match(body, /value="ledger_of_orders" aria-label="ledger_of_orders" disabled/);
  assert.doesNotMatch(body, /value="customers"[^>]* checked/);

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
        snowflake: "on",
        go: "start",
      });
      const [job] = listQueued(portal.layout);
      assert.equal(location, `/jobs/${job?.id}`);
      assert.deepEqual(job?.file?.parameters, { database, tables: ["order_lines", "orders"], ifExists: "skip" });
      assert.deepEqual(job?.file?.then, [{ type: "migrate-iceberg" }, { type: "register-snowflake" }]);
      assert.match((await portal.get(`/ingest?database=${database}`)).text, /0 tables/);
    },
  );

  await t.test("nothing chosen is a sentence, and a viewer may look but not choose", async () => {
    const { status, text } = await portal.post("/ingest/choose", { database, go: "start" });
    assert.deepEqual([status, /No table is chosen/.test(text)], [422, true]);
    const viewer = await portal.get(`/ingest?database=${database}`, { cookie: portal.cookieOf("viewer") });
    assert.match(viewer.text, /Operators can start this; you may look/);
    assert.doesNotMatch(viewer.body, /type="checkbox"/);
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
});
