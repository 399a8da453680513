import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { newDatabase, settings, testSession } from "../../engines/lake.ts";
import { startApi } from "../api.ts";

test("while Spark is away, catalogs say so and nobody waits", async t => {
  const { call } = await startApi(t);
  const { body } = await call("GET", "/api/catalogs");
  assert.deepEqual(
    body.catalogs.map((catalog: { name: string; readable: boolean }) => [catalog.name, catalog.readable]),
    [
      ["hive", true],
      ["lake", true],
      ["azure", false],
    ],
  );
  assert.equal(body.spark.ready, false);
  const namespaces = await call("GET", "/api/catalogs/hive/namespaces");
  assert.deepEqual([namespaces.body.namespaces, namespaces.body.pending], [[], true]);
});

test("an unknown catalog is refused with the nearest, one that needs a secret with its reason", async t => {
  const { call } = await startApi(t);
  const unknown = await call("GET", "/api/catalogs/hvie/namespaces");
  assert.deepEqual([unknown.status, unknown.body.error.hint], [404, "Did you mean hive?"]);
  const secret = await call("GET", "/api/catalogs/azure/namespaces/x/tables");
  assert.equal(secret.status, 409);
  assert.match(secret.body.error.message, /which only the worker holds/);
});

test("the tables of a database are there by name, and with details once Spark has told them", async t => {
  const session = await testSession(t);
  const database = await newDatabase(t, session);
  await session.command(`create table spark_catalog.${database}.orders stored as parquet as select 1 as id`);
  const { SPARK_REMOTE = "", HIVE_METASTORE_URI = "", LAKE_WAREHOUSE = "" } = settings;
  const { call } = await startApi(t, { environment: { SPARK_REMOTE, HIVE_METASTORE_URI, LAKE_WAREHOUSE } });
  const known = async (path: string) => {
    for (;;) {
      const { body } = await call("GET", path);
      if (!body.pending) return body;
      await sleep(100);
    }
  };
  assert.ok((await known("/api/catalogs/hive/namespaces")).namespaces.includes(database));
  const tables = `/api/catalogs/hive/namespaces/${database}/tables`;
  assert.deepEqual((await known(tables)).tables, [{ name: "orders" }]);
  const [orders] = (await known(`${tables}?details=1`)).tables;
  assert.deepEqual([orders.name, orders.detail.kind, orders.detail.columns], ["orders", "table", 1]);
  assert.match(orders.detail.format, /parquet/i);
  const typed = await call("GET", tables.replace(database, `${database}x`));
  assert.deepEqual([typed.status, typed.body.error.hint], [404, `Did you mean ${database}?`]);
});
