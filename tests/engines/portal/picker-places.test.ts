import assert from "node:assert/strict";
import { test } from "node:test";
import { pickerPlaces } from "../../../engines/portal/picker-places.ts";
import { pickers } from "../../connectors/iceberg/pickers.ts";
import { newDatabase, testSession } from "../lake.ts";

test("a picker of Hive leaves out namespaces of Iceberg tables, and one of the lake databases of Hive tables", async t => {
  const session = await testSession(t);
  const database = await newDatabase(t, session);
  const mixed = await newDatabase(t, session);
  const lake = `${database}_iceberg`;
  await session.command(`create table ${database}.orders (id int) stored as parquet`);
  await session.command(`create table ${mixed}.orders (id int) stored as parquet`);
  await session.command(`create table lake.${mixed}.copied using iceberg as select 1 as id`);
  await session.command(`create namespace lake.${lake}`);
  await session.command(`create table lake.${lake}.orders using iceberg as select 1 as id`);
  const metadata = pickers(t);

  const hive = (await pickerPlaces({ metadata }, "hive")).items;
  assert.deepEqual(
    [database, mixed, lake].map(name => hive.includes(name)),
    [true, true, false],
  );
  const ofLake = (await pickerPlaces({ metadata }, "lake")).items;
  assert.deepEqual(
    [database, mixed, lake].map(name => ofLake.includes(name)),
    [false, true, true],
  );
  await session.command(`drop table lake.${mixed}.copied`);
});
