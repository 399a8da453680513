import assert from "node:assert/strict";
import { test } from "node:test";
import { attachCatalogs } from "../../connectors/iceberg/catalogs.ts";
import { snowflakeAddress } from "../../connectors/snowflake/address.ts";
import { openSnowflake } from "../../connectors/snowflake/connect.ts";
import { newId } from "../../core/jobs/id.ts";
import type { JobRecord } from "../../core/jobs/record.ts";
import { newDatabase, settings, testSession } from "../engines/lake.ts";
import { newWorld } from "./world.ts";

const then = (schema: string) => [
  { type: "migrate-iceberg" },
  { type: "register-snowflake", parameters: { schema } },
  { type: "export-audit", parameters: { table: `audit_${schema}` } },
];

test("one job file takes a Hive table to a SELECT in Snowflake, and its audit with it", async t => {
  const session = await testSession(t);
  await attachCatalogs(session, settings, ["azure"]);
  const database = await newDatabase(t, session);
  await session.command(
    `create table ${database}.orders (id bigint, customer int, amount decimal(12,2), at timestamp) partitioned by (day string) stored as parquet`,
  );
  await session.command(
    `insert into ${database}.orders select id, cast(id % 10 as int), cast(id as decimal(12,2)) / 4, timestamp'2026-01-01 00:00:00 UTC' + make_interval(0,0,0,0,0,0,id), concat('2026-01-0', id % 3 + 1) from range(10000)`,
  );
  await session.command(
    `create table ${database}.customers stored as orc as select cast(id as int) as id, concat('c', id) as name from range(10)`,
  );
  const world = newWorld(t);
  world.startWorker();
  const id = newId("ingest-hive");
  world.drop("chain.json", { id, type: "ingest-hive", parameters: { database, tables: "*" }, then: then(database) });
  const ids = [id, `${id}-1`, `${id}-1-1`, `${id}-1-1-1`];
  const records: JobRecord[] = [];
  for (const one of ids) records.push(await world.record(one));
  assert.deepEqual(
    records.map(record => record.error?.message ?? record.status),
    ["succeeded", "succeeded", "succeeded", "succeeded"],
  );
  assert.deepEqual(
    records.map(record => record.tables.map(table => table.proof?.verdict)),
    [
      ["equal", "equal"],
      ["equal", "equal"],
      ["agrees", "agrees"],
      ["agrees", "agrees", "agrees"],
    ],
  );
  assert.deepEqual(
    records.map(record => record.parent),
    [undefined, ...ids.slice(0, 3)],
  );
  assert.equal(
    records[1]?.tables[0]?.sourceSnapshot,
    records[0]?.tables.find(
      table => table.table === `hive.${database}.${records[1]?.tables[0]?.table.split(".").at(-1)}`,
    )?.targetSnapshot,
    "what was proven is what is copied",
  );

  const snowflake = await openSnowflake({ ...snowflakeAddress(settings), schema: database });
  t.after(() => snowflake.close());
  const [sums] = await snowflake.run(`SELECT COUNT(*) AS N, SUM(amount)::VARCHAR AS S FROM portal.${database}.orders`);
  // By construction: the sum of 0 to 9,999, divided by 4.
  assert.deepEqual(sums, { N: "10000", S: "12498750.00" });
  const joined = await snowflake.run(
    `SELECT c.name AS NAME, COUNT(*) AS N FROM portal.${database}.orders o JOIN portal.${database}.customers c ON c.id = o.customer GROUP BY c.name ORDER BY c.name`,
  );
  assert.deepEqual(
    joined,
    Array.from({ length: 10 }, (_, i) => ({ NAME: `c${i}`, N: "1000" })),
  );
  const audit = await snowflake.run(
    `SELECT job_id AS JOB_ID, status AS STATUS, "FROM" AS SOURCE, "TO" AS TARGET FROM portal.public.audit_${database} ORDER BY job_id`,
  );
  assert.deepEqual(
    audit.map(row => row.JOB_ID),
    ids.slice(0, 3),
  );
  assert.equal(audit[0]?.SOURCE, `hive.${database}`);
  const chain = await snowflake.run(`SELECT hash AS HASH FROM portal.public.audit_${database}_chain`);
  assert.deepEqual(chain, [{ HASH: records[2]?.hash ?? "" }]);

  await t.test(
    "changed rows arrive by a refresh, and the audit has one row a job however often it is exported",
    async () => {
      await session.command(`insert into ${database}.customers values (10, 'c10')`);
      const again = newId("ingest-hive");
      world.drop("again.json", {
        id: again,
        type: "ingest-hive",
        parameters: { database, tables: ["customers"] },
        then: then(database),
      });
      const registered = await world.record(`${again}-1-1`);
      assert.match(registered.tables[0]?.notes?.join() ?? "", /refreshed/);
      const [count] = await snowflake.run(`SELECT COUNT(*) AS N FROM portal.${database}.customers`);
      assert.equal(count?.N, "11");
      await world.record(`${again}-1-1-1`);
      const [rows] = await snowflake.run(
        `SELECT COUNT(*) AS N, COUNT(DISTINCT job_id) AS D FROM portal.public.audit_${database}`,
      );
      assert.deepEqual(rows, { N: "7", D: "7" });
    },
  );
});

test("a migrate whose source moves on copies what was proven, not what is current by then", async t => {
  const session = await testSession(t);
  await attachCatalogs(session, settings, ["azure"]);
  const database = await newDatabase(t, session);
  await session.command(`create namespace if not exists lake.${database}_iceberg`);
  const table = `lake.${database}_iceberg.t`;
  await session.command(`create table ${table} using iceberg as select id from range(100)`);
  const [proven] = await session.query(`select cast(snapshot_id as string) as id from ${table}.snapshots`);
  await session.command(`insert into ${table} select id from range(50)`);
  const world = newWorld(t);
  world.startWorker();
  world.drop("pinned.json", {
    type: "migrate-iceberg",
    parameters: { namespace: `${database}_iceberg`, tables: [{ name: "t", snapshot: proven?.id }] },
    then: [{ type: "register-snowflake", parameters: { schema: database } }],
  });
  const record = await world.record("pinned.json");
  assert.equal(record.tables[0]?.rows, "100");
  assert.equal(record.tables[0]?.sourceSnapshot, proven?.id);
  const registered = await world.record(`${record.id}-1`);
  assert.equal(registered.tables[0]?.rows, "100");
});
