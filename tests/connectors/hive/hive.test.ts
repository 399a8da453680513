import assert from "node:assert/strict";
import { test } from "node:test";
import { newDatabase, testSession } from "../../engines/lake.ts";
import { startHive } from "./hive.ts";

test("a real Hive answers beside Spark on one metastore", async t => {
  const session = await testSession(t);
  const database = await newDatabase(t, session);
  const hive = await startHive(t);
  await hive.answers(`create table ${database}.t (id int, name string, s struct<x:int>) stored as parquet`);
  await session.command(
    `insert into ${database}.t values (1, 'grüße + "%20" =', named_struct('x', 1)), (2, null, null), (3, '', null)`,
  );
  assert.deepEqual(await hive.answers(`select * from ${database}.t order by id`), [
    '1\tgrüße + "%20" =\t{"x":1}',
    "2\tNULL\tNULL",
    "3\t\tNULL",
  ]);
  assert.deepEqual(await hive.answers(`select name from ${database}.t where id = 3`), [""]);
  assert.deepEqual(await hive.answers(`select count(*) from ${database}.t`), ["3"]);
  await hive.answers(`insert into ${database}.t select 4, 'four', s from ${database}.t where id = 1`);
  assert.equal((await session.query(`select * from spark_catalog.${database}.t where id = 4`))[0]?.name, "four");
  await assert.rejects(hive.answers("select nothing from nowhere"), /Hive refuses: .*nowhere/);
});

test("what no statement sets is written into the metastore", async t => {
  const session = await testSession(t);
  const database = await newDatabase(t, session);
  const hive = await startHive(t);
  await hive.answers(`create table ${database}.t (id int) stored as textfile`);
  await hive.alter(database, "t", { input: "com.example.NoSuchFormat", "type:id": "bigint", kept: "a=b c" });
  const text = (await hive.answers(`describe formatted ${database}.t`).catch(error => [String(error)])).join("\n");
  assert.match(text, /NoSuchFormat/);
  await hive.alter(database, "t", { input: "org.apache.hadoop.mapred.TextInputFormat" });
  await hive.copy(database, "t", { name: "m", type: "MATERIALIZED_VIEW", viewText: `select * from ${database}.t` });
  assert.match((await hive.answers(`describe formatted ${database}.m`)).join("\n"), /MATERIALIZED_VIEW/);
  await hive.answers(`drop table ${database}.t`);
});
