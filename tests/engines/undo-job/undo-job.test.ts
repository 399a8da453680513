import assert from "node:assert/strict";
import { test } from "node:test";
import { attachCatalogs } from "../../../connectors/iceberg/catalogs.ts";
import { newId } from "../../../core/jobs/id.ts";
import type { JobRecord } from "../../../core/jobs/record.ts";
import { archiving } from "../archiving.ts";
import { csvWorld, type Ways } from "../csv.ts";

test("a chain is undone from its end, each target back to what it was, and never what others built on", async t => {
  const world = await csvWorld(t);
  const { session, namespace } = world;
  await attachCatalogs(session, world.settings, ["azure"]);
  const run = archiving(world);
  const database = namespace.replace(/_iceberg$/, "");
  const hive = `spark_catalog.${database}.orders`;
  const lake = `lake.${namespace}.orders`;
  const azure = `azure.${namespace}.orders`;
  const count = async (table: string) => (await world.rows(`select count(*) as n from ${table}`))[0]?.n;
  const undo = (job: JobRecord, more: object = {}, ways: Ways = {}) => run("undo-job", { job: job.id, ...more }, ways);
  const step = ({ tables: [outcome] }: JobRecord) => outcome?.error?.message ?? outcome?.notes?.join() ?? "";

  await session.command(`create table ${hive} stored as parquet as select id, 'a' as v from range(10)`);
  const ingest = { database, tables: ["orders"] };
  const of = { namespace, tables: ["orders"] };
  const first = await run("ingest-hive", ingest);
  assert.deepEqual(first.tables[0]?.change, { created: true });
  await session.command(`insert into ${hive} values (10, 'b')`);
  const second = await run("ingest-hive", ingest);
  assert.deepEqual(second.tables[0]?.change, { snapshotBefore: first.tables[0]?.targetSnapshot });
  const migrated = await run("migrate-iceberg", of);
  const registered = await run("register-snowflake", of);
  assert.deepEqual(registered.tables[0]?.change, { created: true });

  const early = await undo(second);
  assert.match(step(early), new RegExp(`Later jobs built on ${lake}: ${migrated.id} read it`));
  assert.equal(await count(lake), "11", "nothing is touched");

  const down = await undo(registered);
  assert.match(step(down), /the registration was dropped/);
  const again = await run("register-snowflake", of);
  assert.deepEqual(again.tables[0]?.notes, ["registered for the first time"]);
  assert.equal((await undo(again)).status, "succeeded");

  const back = await undo(migrated);
  assert.match(step(back), /the table was dropped with its files/);
  await assert.rejects(count(azure), /TABLE_OR_VIEW_NOT_FOUND/);

  const rolled = await undo(second);
  assert.equal(rolled.tables[0]?.targetSnapshot, first.tables[0]?.targetSnapshot, step(rolled));
  assert.equal(await count(lake), "10");
  assert.match(step(await undo(second)), /There is nothing to undo/);

  await session.command(`alter table ${hive} add columns (extra int)`);
  const wider = await run("ingest-hive", ingest);
  assert.equal(wider.tables[0]?.change?.replaced, true);
  const narrow = await undo(wider);
  assert.match(step(narrow), /stands on its metadata file of before again/);
  assert.deepEqual(await world.rows(`select * from ${lake} where id = 3`), [{ id: "3", v: "a" }]);

  await session.command(`insert into ${lake} values (99, 'foreign')`);
  assert.match(step(await undo(first)), /changed since by a program that is no job of this portal/);
  await session.command(
    `call lake.system.rollback_to_snapshot('${namespace}.orders', ${first.tables[0]?.targetSnapshot})`,
  );
  const id = newId("undo-job");
  assert.match(step(await undo(first, {}, { id })), /the table was dropped with its files/);
  await assert.rejects(count(lake), /TABLE_OR_VIEW_NOT_FOUND/);
  assert.equal(await count(hive), "11", "the source is as it was");

  const planned = [{ table: lake, target: lake, action: "drop" }];
  const killed = await world.run("undo-job", { job: first.id }, { id, planned });
  assert.equal(killed.outcomes[0]?.outcome, "succeeded", "killed after the drop, the next attempt ends well");
  assert.match(killed.outcomes[0]?.notes?.join() ?? "", /an earlier attempt has done it already/);
});
