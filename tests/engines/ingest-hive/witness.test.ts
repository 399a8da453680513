import assert from "node:assert/strict";
import { test } from "node:test";
import { SettingsError } from "../../../core/settings.ts";
import { startHive } from "../../connectors/hive/hive.ts";
import { startServer2 } from "../../connectors/hive/server2.ts";
import { ingest, newDatabase, testSession } from "../lake.ts";
import { hiveAgrees } from "./witness.ts";

test("Hive agrees with copies of every type, partitioned or not", async t => {
  await hiveAgrees(t, ["parquet", "textfile"]);
});

test("what Hive reads otherwise fails and is not published, and a Hive that is away fails only where it is demanded", async t => {
  const session = await testSession(t);
  const database = await newDatabase(t, session);
  const hive = await startHive(t);
  await hive.answers(`create table ${database}.t (a int, b int, s string) stored as parquet`);
  await session.command(`insert into ${database}.t values (1, null, ' 12 '), (null, 5, 'x')`);
  await hive.answers(`create view ${database}.v as select greatest(a, b) as g, cast(s as int) as n from ${database}.t`);
  const { port, end } = await startServer2(t);
  const settings = { HIVE_SERVER2_URL: `thrift://127.0.0.1:${port}` };
  for (const verify of ["witness", "read-back"]) {
    const outcome = (await ingest({ database, tables: ["v"], verify }, { settings })).outcomes.get("v");
    assert.equal(outcome?.outcome, "failed", verify);
    assert.match(
      outcome?.error?.message ?? "",
      /Hive reads hive\..*\.v otherwise than Spark: g: .*not null in Hive 0, in the copy 2/,
    );
  }
  const left = await session.command(`show tables in lake.${database}_iceberg`);
  assert.deepEqual(left, [], "nothing was published");
  await end();
  const demanded = (await ingest({ database, tables: ["t"], verify: "witness" }, { settings })).outcomes.get("t");
  assert.match(demanded?.error?.message ?? "", /Hive could not be asked .* the job demands it/);
  const wished = (await ingest({ database, tables: ["t"] }, { settings })).outcomes.get("t");
  assert.equal(wished?.outcome, "succeeded");
  assert.match(wished?.notes?.join() ?? "", /Hive could not be asked: HiveServer2 does not answer/);
  await assert.rejects(ingest({ database, tables: ["t"], verify: "witness" }), (error: unknown) => {
    assert.ok(error instanceof SettingsError);
    assert.match(error.message, /HIVE_SERVER2_URL=/);
    return true;
  });
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
