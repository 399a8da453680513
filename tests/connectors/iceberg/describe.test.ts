import assert from "node:assert/strict";
import { test } from "node:test";
import { describeHive, sizeOf } from "../../../connectors/iceberg/describe.ts";
import { newId } from "../../../core/jobs/id.ts";
import { jobOf } from "../../../core/jobs/job.ts";
import engine from "../../../engines/ingest-hive/engine.ts";
import { type IngestHive, ingestHive } from "../../../engines/ingest-hive/parameters.ts";
import { newDatabase, settings, testSession } from "../../engines/lake.ts";

test("what ANALYZE and other engines counted is known of a table, and a plan says it", async t => {
  const session = await testSession(t);
  const database = await newDatabase(t, session);
  await session.command(`create table ${database}.counted (id bigint) row format delimited fields terminated by ','`);
  await session.command(`insert into ${database}.counted values (1), (2), (3)`);
  await session.command(`analyze table ${database}.counted compute statistics`);
  await session.command(`create table ${database}.uncounted (id bigint) stored as parquet`);
  // Iceberg writes Hive's own properties, numRows and totalSize.
  await session.command(`create table lake.${database}.shared using iceberg as select id from range(5)`);
  const size = async (table: string) => {
    const found = await describeHive(session, { catalog: "hive", namespace: database, table });
    return found && sizeOf(found);
  };
  assert.deepEqual(await size("counted"), { rows: "3", bytes: "6" });
  assert.deepEqual(await size("uncounted"), {});
  assert.equal((await size("shared"))?.rows, "5");

  const parameters = ingestHive.shape.parse({ database, tables: ["counted", "uncounted"] }) as IngestHive;
  const origin = { via: "command", submittedBy: "test", submittedAt: new Date().toISOString() } as const;
  const job = jobOf(newId("ingest-hive"), { type: "ingest-hive", parameters: {} }, parameters, origin);
  const { steps } = await engine.plan({
    job: { ...job, parameters },
    attempt: 1,
    settings,
    signal: t.signal,
    spark: async () => session,
    emit: () => undefined,
  });
  assert.deepEqual(
    steps.map(({ rows, bytes }) => [rows, bytes]),
    [
      ["3", "6"],
      [undefined, undefined],
    ],
  );
});
