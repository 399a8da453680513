import assert from "node:assert/strict";
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { metadataFile } from "../../../connectors/iceberg/iceberg.ts";
import { hiddenTableName } from "../../../engines/table-copy/leftovers.ts";
import { type Namespace, newNamespace } from "../iceberg-lake.ts";
import { ingest, runWhole, settings } from "../lake.ts";
import { dataFolder, namesOf } from "./attempts.ts";

async function tablesOf({ session, namespace }: Namespace, catalog: string): Promise<string[]> {
  const rows = await session.command(`show tables in ${catalog}.${namespace}`);
  return rows.map(row => String(row.tableName)).sort();
}

test("what killed jobs left of a history is removed by the next job, what a living job or a person made is not", async t => {
  const lake = await newNamespace(t);
  const { session, namespace, sql } = lake;
  const DATA_DIR = dataFolder(t);
  const { ended, alive } = namesOf("migrate-iceberg", DATA_DIR);
  await sql(`create table lake.${namespace}.t (id bigint) using iceberg`, `insert into lake.${namespace}.t values (1)`);
  const sync = async () => {
    const parameters = { namespace, tables: ["t"], history: "all", ifExists: "sync" };
    return (await runWhole("migrate-iceberg", parameters, { settings: { DATA_DIR } })).get("t");
  };
  assert.equal((await sync())?.outcome, "succeeded");
  const file = await metadataFile(session, { catalog: "azure", namespace, table: "t" });
  const root = join(settings.LAPTOP_DIR, "warehouse", "lake", ".portal-history");
  const mine = `${namespace}_by_hand`;
  t.after(() => {
    for (const name of [ended, alive, mine]) rmSync(join(root, name), { recursive: true, force: true });
  });
  const leave = async () => {
    for (const name of [ended, alive, mine]) {
      mkdirSync(join(root, name, "metadata"), { recursive: true });
      writeFileSync(join(root, name, "metadata", "x.avro"), "x");
      const table = name === mine ? "t__portal_mine" : hiddenTableName("t", name);
      await sql(`call azure.system.register_table(table => '${namespace}.${table}', metadata_file => '${file}')`).catch(
        error => assert.match(String(error), /already exists/i),
      );
    }
  };
  const left = async () => ({
    folders: readdirSync(root)
      .filter(name => [ended, alive, mine].includes(name))
      .sort(),
    tables: await tablesOf(lake, "azure"),
  });
  const kept = {
    folders: [alive, mine].sort(),
    tables: ["t", hiddenTableName("t", alive), "t__portal_mine"].sort(),
  };
  // A sync without news clears too: a job that died right after its switch has none.
  await leave();
  assert.match((await sync())?.notes?.join() ?? "", /nothing new/);
  assert.deepEqual(await left(), kept);
  await leave();
  await sql(`insert into lake.${namespace}.t values (2)`);
  assert.equal((await sync())?.figures?.["copied files"], "4");
  assert.deepEqual(await left(), kept);
  // The hidden names went without their files, which are the target's.
  const [row] = await session.query(`select cast(count(*) as string) as n from azure.${namespace}.t`);
  assert.equal(row?.n, "2");
});

test("hidden names over Hive's files are removed once their job has ended, those of a living job and all files stay", async t => {
  const lake = await newNamespace(t);
  const { session, schema, namespace, sql } = lake;
  const DATA_DIR = dataFolder(t);
  const { ended, alive } = namesOf("ingest-hive", DATA_DIR);
  await sql(
    `create table spark_catalog.${schema}.t (id bigint) stored as parquet`,
    `insert into spark_catalog.${schema}.t values (1)`,
  );
  const take = async () => {
    const ran = await ingest({ database: schema, tables: ["t"], mode: "snapshot" }, { settings: { DATA_DIR } });
    return ran.outcomes.get("t");
  };
  assert.equal((await take())?.outcome, "succeeded");
  const [found] = await session.query(`select file_path as file from lake.${namespace}.t.files`);
  for (const name of [ended, alive])
    await sql(
      `call lake.system.snapshot(source_table => 'spark_catalog.${schema}.t', table => 'lake.${namespace}.${hiddenTableName("t", name)}')`,
    );
  await sql(`insert into spark_catalog.${schema}.t values (2)`);
  const again = await take();
  assert.deepEqual([again?.outcome, again?.rows], ["succeeded", "2"], again?.error?.message);
  assert.deepEqual(await tablesOf(lake, "lake"), ["t", hiddenTableName("t", alive)].sort());
  assert.ok(existsSync(String(found?.file).replace(/^file:/, "")), "Hive's file is there");
});
