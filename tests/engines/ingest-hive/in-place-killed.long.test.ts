import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { newId } from "../../../core/jobs/id.ts";
import { cloneWith } from "../clone.ts";
import { newDatabase, testSession } from "../lake.ts";
import { runKilled } from "../run-killed.ts";

const STEPS = ["in place proven", "in place switched"];

test("killed while it replaces a table over Hive's files, a job leaves the old table or the new one, never none", async t => {
  const session = await testSession(t);
  const database = await newDatabase(t, session);
  const namespace = `${database}_iceberg`;
  const folder = mkdtempSync(join(tmpdir(), "portal-in-place-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const lines = { type: "jdbc", uri: `jdbc:sqlite:${folder}/catalog.db`, "jdbc.schema-version": "V1" };
  const place = { ...lines, warehouse: `file:${folder}/warehouse` };
  const project = cloneWith(t, { hall: { role: "lake", spark: place } });
  const prefix = "spark.sql.catalog.hall";
  await session.config.set({
    ...{ [prefix]: "org.apache.iceberg.spark.SparkCatalog", [`${prefix}.cache-enabled`]: "false" },
    ...Object.fromEntries(Object.entries(place).map(([key, value]) => [`${prefix}.${key}`, value])),
  });
  const hive = `spark_catalog.${database}.t`;
  await session.command(`create table ${hive} (i int) stored as parquet`);
  await session.command(`insert into ${hive} values (1)`);
  const counted = async (catalog: string) =>
    String((await session.query(`select count(*) as n from ${catalog}.${namespace}.t`))[0]?.n);
  // The Hive Metastore, and a catalog in a database.
  const runs = ["lake", "hall"].map(catalog => {
    const parameters = { database, tables: ["t"], mode: "snapshot", to: catalog };
    const job = { id: newId("ingest-hive"), file: { type: "ingest-hive", parameters }, project };
    return { catalog, run: (attempt: number, step = "") => runKilled(step, { ...job, attempt }) };
  });
  for (const { said } of await Promise.all(runs.map(({ run }) => run(1)))) assert.match(said, /"outcome":"succeeded"/);
  await session.command(`insert into ${hive} values (2)`);
  await Promise.all(runs.map(replace));

  async function replace({ catalog, run }: (typeof runs)[number]): Promise<void> {
    const reads = watch(catalog);
    for (const [number, step] of STEPS.entries()) {
      const ran = await run(2 + number, step);
      assert.ok(ran.killed, `${catalog}: ${step} was not reached: ${ran.said}`);
      assert.equal(await counted(catalog), step === "in place switched" ? "2" : "1", `${catalog}: ${step}`);
    }
    assert.match((await run(4)).said, /"outcome":"succeeded"/, catalog);
    for (const seen of await reads.end()) assert.match(seen, /^[12]$/, catalog);
    const tables = await session.command(`show tables in ${catalog}.${namespace}`);
    assert.deepEqual(
      tables.map(row => row.tableName),
      ["t"],
      `${catalog}: no hidden name is left`,
    );
    assert.equal(await counted(catalog), "2");
  }

  /** A reader that counts the rows again and again. */
  function watch(catalog: string) {
    const seen = new Set<string>();
    let isOver = false;
    const reading = (async () => {
      while (!isOver) seen.add(await counted(catalog).catch(error => String(error)));
    })();
    return {
      async end() {
        isOver = true;
        await reading;
        return seen;
      },
    };
  }
});
