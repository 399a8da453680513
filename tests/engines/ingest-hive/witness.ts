import assert from "node:assert/strict";
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

/** Copies a table of every type in each format, a partitioned and an empty one, and lets Hive itself be asked about each. */
export async function hiveAgrees(t: Parameters<typeof newDatabase>[0], formats: readonly string[]): Promise<void> {
  const session = await testSession(t);
  // Hive 2 can't read decimals as Spark writes them otherwise.
  const legacy = { "spark.sql.parquet.writeLegacyFormat": "true" };
  await session.config.set({ "hive.exec.dynamic.partition.mode": "nonstrict", ...legacy });
  const database = await newDatabase(t, session);
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
}
