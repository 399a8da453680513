import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { execa } from "execa";
import { cloneWith } from "../clone.ts";
import { sameHistory } from "../history.ts";
import { newNamespace } from "../iceberg-lake.ts";

test("a Hadoop catalog numbers its metadata files: another table with the same numbers is not taken for the one that was copied", async t => {
  const { session, namespace, sql } = await newNamespace(t);
  const clone = cloneWith(t, {
    depot: { role: "lake", spark: { type: "hadoop", warehouse: "${DEPOT_WAREHOUSE}/depot" } },
  });
  const prefix = "spark.sql.catalog.depot";
  const lines = { type: "hadoop", warehouse: `file:${clone}/depot`, "cache-enabled": "false" };
  await session.config.set({
    [prefix]: "org.apache.iceberg.spark.SparkCatalog",
    ...Object.fromEntries(Object.entries(lines).map(([key, value]) => [`${prefix}.${key}`, value])),
  });
  const table = `depot.${namespace}.t`;
  const made = (...rows: number[]) =>
    sql(`create table ${table} (id bigint) using iceberg`, ...rows.map(id => `insert into ${table} values (${id})`));
  const copy = async (ifExists: string) => {
    const file = join(clone, "job.json");
    const parameters = { namespace, tables: ["t"], from: "depot", history: "all", ifExists };
    writeFileSync(file, JSON.stringify({ type: "migrate-iceberg", parameters }));
    const env = { DEPOT_WAREHOUSE: `file:${clone}` };
    const { stdout, stderr } = await execa(process.execPath, ["engines/run.ts", file], {
      cwd: clone,
      env,
      reject: false,
    });
    return `${stdout}${stderr}`;
  };
  const ends = [
    { catalog: "depot", namespace, table: "t" },
    { catalog: "azure", namespace, table: "t" },
  ] as const;
  await made(1, 2);
  assert.match(await copy("sync"), /: succeeded, 2 rows/);
  await sameHistory(session, ...ends);
  await sql(`insert into ${table} values (3)`);
  assert.match(await copy("sync"), /succeeded, 3 rows.*copied 4 files/);
  await sameHistory(session, ...ends);
  // Nothing new, which the names alone do not say here.
  assert.match(await copy("sync"), /succeeded, 3 rows.*copied 0 files/);

  await sql(`drop table ${table} purge`);
  await made(10, 20, 30);
  for (const ifExists of ["sync", "replace"]) {
    const refused = await copy(ifExists);
    assert.match(refused, /holds the history of another table than depot\..* is now/, ifExists);
    assert.doesNotMatch(refused, /: succeeded/);
  }
  const rows = await session.query(`select cast(id as string) as id from azure.${namespace}.t order by id`);
  assert.deepEqual(
    rows.map(row => row.id),
    ["1", "2", "3"],
    "the copy is as it was",
  );
});
