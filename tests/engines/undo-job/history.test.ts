import assert from "node:assert/strict";
import { test } from "node:test";
import { attachCatalogs } from "../../../connectors/iceberg/catalogs.ts";
import type { JobRecord } from "../../../core/jobs/record.ts";
import { archiving } from "../archiving.ts";
import { csvWorld } from "../csv.ts";

test("a copied history goes back to its state before, and a table over Hive's files goes without them", async t => {
  const world = await csvWorld(t);
  const { session, namespace } = world;
  await attachCatalogs(session, world.settings, ["azure"]);
  const run = archiving(world);
  const undo = (job: JobRecord) => run("undo-job", { job: job.id });
  const azure = `azure.${namespace}.t`;
  const count = async (table: string) => (await world.rows(`select count(*) as n from ${table}`))[0]?.n;

  await session.command(`create namespace if not exists lake.${namespace}`);
  await session.command(`create table lake.${namespace}.t using iceberg as select id from range(5)`);
  const whole = { namespace, tables: ["t"], history: "all", ifExists: "sync" };
  const made = await run("migrate-iceberg", whole);
  await session.command(`insert into lake.${namespace}.t values (5)`);
  const synced = await run("migrate-iceberg", whole);
  assert.equal(await count(azure), "6");
  const back = await undo(synced);
  assert.equal(back.status, "succeeded", back.error?.message);
  assert.equal(await count(azure), "5");
  const dropped = await undo(made);
  assert.equal(dropped.status, "succeeded", dropped.error?.message);
  await assert.rejects(count(azure), /TABLE_OR_VIEW_NOT_FOUND/);
  assert.equal(await count(`lake.${namespace}.t`), "6", "the source is as it was");

  const database = namespace.replace(/_iceberg$/, "");
  const hive = `spark_catalog.${database}.kept`;
  await session.command(`create table ${hive} stored as parquet as select id from range(7)`);
  const over = await run("ingest-hive", { database, tables: ["kept"], mode: "snapshot" });
  const gone = await undo(over);
  assert.match(gone.tables[0]?.notes?.join() ?? "", /the data files that it read stay/);
  await session.command(`refresh table ${hive}`);
  assert.equal(await count(hive), "7");
});
