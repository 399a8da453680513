import assert from "node:assert/strict";
import { test } from "node:test";
import { SettingsError } from "../../../core/settings.ts";
import { startHive } from "../../connectors/hive/hive.ts";
import { startServer2 } from "../../connectors/hive/server2.ts";
import { ingest, newDatabase, testSession } from "../lake.ts";

const COLUMNS = `i int, l bigint, f float, d double, b boolean, s string, n decimal(38,10), m decimal(5,2), t tinyint, h smallint,
  c char(6), v varchar(9), dt date, ts timestamp, x binary, a array<int>, st struct<x:int,y:string>, mp map<string,int>`;

const ROWS = `select cast(id as int), id * 1000000007, cast(id as float) / 3, if(id = 2, -0.0D, id / 7), id % 2 = 0,
  if(id = 4, '', concat('grüße ', id)), cast(id as decimal(38,10)) / 7, cast(id as decimal(5,2)) / 4, cast(id as tinyint),
  cast(id * 7 as smallint), concat('c', id), concat('v ', id), date_add(date'1950-03-01', cast(id * 997 as int)),
  timestamp'1969-12-31 23:59:59.5 UTC' + make_interval(0, 0, 0, cast(id * 30 as int), 0, 0, id / 3),
  encode(concat('bytes ', id), 'UTF-8'), array(cast(id as int), 7), named_struct('x', cast(id as int), 'y', concat('y', id)),
  map('b', 2, 'a', cast(id as int))`;

test("Hive agrees with copies of every format and type, partitioned or not", async t => {
  const session = await testSession(t);
  // Hive 2 can't read decimals as Spark writes them otherwise.
  const legacy = { "spark.sql.parquet.writeLegacyFormat": "true" };
  await session.config.set({ "hive.exec.dynamic.partition.mode": "nonstrict", ...legacy });
  const database = await newDatabase(t, session);
  const formats = ["parquet", "orc", "rcfile", "sequencefile", "textfile"];
  for (const format of formats) {
    await session.command(`create table ${database}.${format} (${COLUMNS}) stored as ${format}`);
    await session.command(`insert into ${database}.${format} ${ROWS} from range(20)`);
  }
  await session.command(
    `create table ${database}.parted (i int) partitioned by (p string, q date, \`größe\` int) stored as orc`,
  );
  await session.command(
    `insert into ${database}.parted select cast(id as int), if(id % 3 = 0, null, 'x'), date'2026-01-01', cast(id as int) from range(9)`,
  );
  await session.command(`create table ${database}.empty (i int, s string) stored as parquet`);
  const { port } = await startServer2(t);
  const url = `thrift://127.0.0.1:${port}`;
  // A Hive that runs its queries in one process can't run two at a time.
  const { outcomes, proofs } = await ingest(
    { database, tables: "*", verify: "witness" },
    { settings: { HIVE_SERVER2_URL: url, SPARK_PARALLEL: 1 } },
  );
  assert.equal(outcomes.size, formats.length + 2);
  for (const [table, outcome] of outcomes) {
    assert.equal(outcome.error, undefined, `${table}: ${outcome.error?.message}`);
    assert.deepEqual(outcome.proof, { level: "read-back", verdict: "equal", witness: "agrees" }, table);
  }
  assert.equal(proofs.filter(proof => proof.level === "witness" && proof.verdict === "agrees").length, outcomes.size);
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
  const { port } = await startServer2(t, { timeZone });
  const hive = await startHive(t, { timeZone });
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
