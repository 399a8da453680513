import assert from "node:assert/strict";
import { test } from "node:test";
import { startHive } from "../../connectors/hive/hive.ts";
import { startServer2 } from "../../connectors/hive/server2.ts";
import { ingest, newDatabase, testSession } from "../lake.ts";
import { hiveAgrees } from "./witness.ts";

test("Hive agrees with copies of every format and type, partitioned or not", async t => {
  await hiveAgrees(t, ["parquet", "orc", "rcfile", "sequencefile", "textfile"]);
});

test("a Hive whose clocks are elsewhere is noticed, and agrees once its zone is set", async t => {
  const session = await testSession(t);
  const database = await newDatabase(t, session);
  const timeZone = "Asia/Tokyo";
  const [{ port }, hive] = await Promise.all([startServer2(t, { timeZone }), startHive(t, { timeZone })]);
  await hive.answers(`create table ${database}.t (ts timestamp) stored as parquet`);
  await hive.answers(`insert into ${database}.t select cast('2024-07-01 12:00:00.5' as timestamp)`);
  await hive.answers(`create table ${database}.o (ts timestamp) stored as orc`);
  await hive.answers(`insert into ${database}.o select ts from ${database}.t`);
  const url = { HIVE_SERVER2_URL: `thrift://127.0.0.1:${port}`, SPARK_PARALLEL: 1 };
  const noticed = (await ingest({ database, tables: ["t"], verify: "witness" }, { settings: url })).outcomes.get("t");
  assert.match(noticed?.error?.message ?? "", /in Hive 2024-07-01 12:00:00\.5, in the copy 2024-07-01 03:00:00\.5/);
  assert.match(noticed?.error?.hint ?? "", /HIVE_TIME_ZONE/);
  const set = { ...url, HIVE_TIME_ZONE: timeZone };
  const { outcomes } = await ingest({ database, tables: ["t", "o"], verify: "witness" }, { settings: set });
  for (const table of ["t", "o"])
    assert.equal(outcomes.get(table)?.proof?.witness, "agrees", outcomes.get(table)?.error?.message);
});
