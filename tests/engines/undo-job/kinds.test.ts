import assert from "node:assert/strict";
import { test } from "node:test";
import { attachCatalogs } from "../../../connectors/iceberg/catalogs.ts";
import { snowflakeAddress } from "../../../connectors/snowflake/address.ts";
import { openSnowflake } from "../../../connectors/snowflake/connect.ts";
import { newId } from "../../../core/jobs/id.ts";
import type { JobRecord } from "../../../core/jobs/record.ts";
import { archiving } from "../archiving.ts";
import { csvWorld } from "../csv.ts";
import { runKilled } from "../run-killed.ts";

test("loads, edited rows and a refreshed registration are undone, each back to what stood before", async t => {
  const world = await csvWorld(t);
  const { session, namespace, put } = world;
  await attachCatalogs(session, world.settings, ["azure"]);
  const run = archiving(world);
  const undo = async (job: JobRecord) => {
    const undone = await run("undo-job", { job: job.id });
    assert.equal(undone.status, "succeeded", JSON.stringify(undone.error ?? undone.tables));
    return undone.tables[0]?.notes?.join() ?? "";
  };
  const table = `lake.${namespace}.goods`;
  const rows = () => world.rows(`select * from ${table} order by sku`);
  const load = async (text: string) => {
    put("goods.csv", `sku,price\n${text}`);
    const columns = [{ name: "sku" }, { name: "price", type: "int" }];
    return await run("load-csv", { file: "goods.csv", table, columns, key: ["sku"] });
  };
  const [a, b, c] = ["a", "b", "c"].map((sku, at) => ({ sku, price: at + 1 }));

  const made = await load("a,1\nb,2\n");
  assert.deepEqual(made.tables[0]?.change, { created: true }, JSON.stringify(made.error));
  const merged = await load("b,20\nc,3\n");
  assert.deepEqual(await rows(), [a, { ...b, price: 20 }, c]);
  await undo(merged);
  assert.deepEqual(await rows(), [a, b]);

  const edited = await run("edit-rows", { table, key: { sku: "a" }, set: { price: "100" } });
  const deleted = await run("edit-rows", { table, key: { sku: "b" } });
  assert.deepEqual(await rows(), [{ ...a, price: 100 }]);
  await undo(deleted);
  assert.deepEqual(await rows(), [{ ...a, price: 100 }, b]);
  await undo(edited);
  assert.deepEqual(await rows(), [a, b]);

  const of = { namespace, tables: ["goods"] };
  await run("migrate-iceberg", of);
  const first = await run("register-snowflake", of);
  await load("c,3\n");
  await run("migrate-iceberg", of);
  const refreshed = await run("register-snowflake", of);
  assert.equal(typeof refreshed.tables[0]?.change?.metadataFileBefore, "string", JSON.stringify(refreshed.tables));
  const snowflake = await openSnowflake(snowflakeAddress(world.settings));
  t.after(() => snowflake.close());
  const target = (first.tables[0]?.target ?? "")
    .split(".")
    .slice(1)
    .map(part => `"${part}"`);
  const served = async () => Number((await snowflake.run(`select count(*) as N from ${target.join(".")}`))[0]?.N);
  assert.equal(await served(), 3);
  assert.match(await undo(refreshed), /stands on its metadata file of before again/);
  assert.equal(await served(), 2);
});

test("an undo that is killed after it has changed a table is finished by the next attempt, which changes nothing more", async t => {
  const world = await csvWorld(t);
  const { session, namespace } = world;
  const run = archiving(world);
  const database = namespace.replace(/_iceberg$/, "");
  const lake = `lake.${namespace}.orders`;
  const env = { DATA_DIR: world.settings.DATA_DIR };
  await session.command(`create table spark_catalog.${database}.orders stored as parquet as select id from range(10)`);
  const first = await run("ingest-hive", { database, tables: ["orders"] });
  await session.command(`insert into spark_catalog.${database}.orders values (10)`);
  const second = await run("ingest-hive", { database, tables: ["orders"] });
  const history = async () =>
    (await world.rows(`select cast(snapshot_id as string) as id from ${lake}.history`)).map(row => row.id);
  for (const [job, action] of [
    [second, "roll back"],
    [first, "drop"],
  ] as const) {
    const id = newId("undo-job");
    const file = { type: "undo-job", parameters: { job: job.id, ...(job === first && { alsoBuiltOn: [second.id] }) } };
    const killed = await runKilled("undone", { id, attempt: 1, file, env });
    assert.ok(killed.killed, killed.said);
    const after = action === "drop" ? [] : await history();
    const planned = [{ table: lake, target: lake, action }];
    const { said } = await runKilled("", { id, attempt: 2, file: { ...file, planned }, env });
    assert.match(said, /"outcome":"succeeded".*an earlier attempt has done it already/);
    if (action === "drop") await assert.rejects(history(), /TABLE_OR_VIEW_NOT_FOUND/);
    else {
      assert.equal(after.at(-1), first.tables[0]?.targetSnapshot);
      assert.deepEqual(await history(), after);
    }
  }
});
