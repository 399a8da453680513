import assert from "node:assert/strict";
import { test } from "node:test";
import { csvWorld } from "./csv.ts";
import { ingest, newDatabase, runWhole, testSession } from "./lake.ts";

test("a file is not loaded into a table that another job fills, nor by another key", async t => {
  const { session, namespace, put, run, rows } = await csvWorld(t);
  put("file.csv", "k,v\n1,a\n2,b\n");
  await session.command(`create namespace lake.${namespace}`);
  const owned: Record<string, [property: string, says: RegExp]> = {
    copied: ["'portal.source' = 'hive.sales.copied'", /is a copy of hive\.sales\.copied: name another table/],
    streamed: ["'portal.stream' = 'requests'", /holds the lines of the topic requests/],
    counted: ["'portal.counts-of' = 'lake.shop.t by v'", /holds the counts of lake\.shop\.t by v/],
    keyed: ["'portal.key' = 'v'", /was loaded by the key v, and by k other rows would be replaced/],
  };
  for (const [table, [property, says]] of Object.entries(owned)) {
    const name = `lake.${namespace}.${table}`;
    await session.command(
      `create table ${name} (k string not null, v string) using iceberg tblproperties (${property})`,
    );
    const outcome = await run("load-csv", { file: "file.csv", table: name, key: "k" });
    assert.match(outcome.error?.message ?? "", says);
    assert.deepEqual(await rows(`select * from ${name}`), []);
  }
  const again = { file: "file.csv", table: `lake.${namespace}.free`, key: "k" };
  for (let i = 0; i < 2; i++) assert.equal((await run("load-csv", again)).exitCode, 0);
});

test("two Hive databases into one namespace, and two namespaces renamed onto one: the first one's table stays", async t => {
  const session = await testSession(t);
  const [one, two] = [await newDatabase(t, session), await newDatabase(t, session)];
  const namespace = `${one}_iceberg`;
  for (const [database, n] of [
    [one, 3],
    [two, 7],
  ] as const)
    await session.command(`create table spark_catalog.${database}.tiny using parquet as select id from range(${n})`);
  await ingest({ database: one, tables: ["tiny"], namespace });
  const second = (await ingest({ database: two, tables: ["tiny"], namespace })).outcomes.get("tiny");
  assert.match(second?.error?.message ?? "", new RegExp(`lake\\.${namespace}\\.tiny holds hive\\.${one}\\.tiny`));
  assert.match(second?.error?.hint ?? "", /"ifExists": "replace"/);
  await ingest({ database: two, tables: ["tiny"] });
  const renamed = { to: "lake", targetNamespace: namespace, tables: ["tiny"] };
  const moved = (await runWhole("migrate-iceberg", { namespace: `${two}_iceberg`, ...renamed })).get("tiny");
  assert.match(moved?.error?.message ?? "", new RegExp(`tiny holds hive\\.${one}\\.tiny`));
  const [row] = await session.query(`select count(*) as n from lake.${namespace}.tiny`);
  assert.equal(String(row?.n), "3");
});
