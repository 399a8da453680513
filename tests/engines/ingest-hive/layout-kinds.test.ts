import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import { startHive } from "../../connectors/hive/hive.ts";
import { newNamespace } from "../iceberg-lake.ts";
import { ingest, newDatabase, runWhole, testSession } from "../lake.ts";

test("partition fields keep their names, also beside a column of the name that Iceberg would give", async t => {
  const lake = await newNamespace(t);
  const name = (table: string) => `lake.${lake.namespace}.${table}`;
  await lake.sql(
    `create table ${name("named")} (id int, ts timestamp, ts_day string, \`a b\` string) using iceberg`,
    `alter table ${name("named")} add partition field days(ts) as the_day`,
    `alter table ${name("named")} add partition field bucket(4, id) as shard`,
    `alter table ${name("named")} add partition field truncate(2, \`a b\`) as \`the b\``,
    `insert into ${name("named")} select cast(id as int), timestamp'2026-01-01 10:00:00', 'x', 'yz' from range(5)`,
    `create table ${name("cut")} (v string, n int) using iceberg`,
    `alter table ${name("cut")} write ordered by truncate(2, v), truncate(10, n) desc`,
    `insert into ${name("cut")} values ('b', 2), ('a', 1)`,
  );
  for (const again of [false, true]) {
    const outcomes = await runWhole("migrate-iceberg", { namespace: lake.namespace, tables: ["named", "cut"] });
    for (const [table, { error, proof }] of outcomes)
      assert.equal(proof?.verdict, "equal", `${table}: ${error?.message}`);
    const schema = await lake.session.schema(`select partition from azure.${lake.namespace}.named.partitions`);
    assert.match(JSON.stringify(schema), /the_day.*shard.*the b/, again ? "second time" : "first time");
    assert.match(
      await lake.made(`azure.${lake.namespace}.cut`),
      /'sort-order' = 'truncate\(v, 2\) ASC NULLS FIRST, truncate\(n, 10\) DESC NULLS LAST'/,
    );
  }
});

test("a renamed column stays in its place, and a database is one however it is written", async t => {
  const session = await testSession(t);
  const database = await newDatabase(t, session);
  const hive = await startHive(t);
  const facts: [string, string, string][] = [
    [
      "middle",
      "create table D.middle (a int, b string, c int, d date) stored as orc",
      "alter table D.middle change b b2 string",
    ],
    [
      "first",
      "create table D.first (a int, b string, c int) stored as textfile",
      "alter table D.first change a a2 int",
    ],
    [
      "parted",
      "create table D.parted (a int, b string, c int) partitioned by (day string) stored as textfile",
      "alter table D.parted change b b2 string",
    ],
  ];
  for (const [table, create] of facts) {
    await session.command(create.replace("D.", `${database}.`));
    const values =
      table === "middle"
        ? "(1, 'x', 2, date'2026-01-01')"
        : table === "parted"
          ? "partition (day = 'x') values (1, 'x', 2)"
          : "(1, 'x', 2)";
    await session.command(`insert into ${database}.${table} ${table === "parted" ? values : `values ${values}`}`);
  }
  const tables = facts.map(([table]) => table);
  const before = await ingest({ database, tables });
  for (const [table, { error }] of before.outcomes) assert.equal(error, undefined, table);
  for (const [, , rename] of facts) await hive.answers(rename.replace("D.", `${database}.`));
  const upper = database.toUpperCase();
  const { outcomes } = await ingest({ database: upper, tables: tables.map(table => table.toUpperCase()) });
  for (const table of tables) {
    assert.equal(outcomes.get(table)?.error, undefined, `${table}: ${outcomes.get(table)?.error?.message}`);
    assert.equal(outcomes.get(table)?.table, `hive.${database}.${table}`);
  }
});

test("a lake table that was compacted by others is replaced, one that they wrote to is not", async t => {
  const session = await testSession(t);
  const database = await newDatabase(t, session);
  const target = `lake.${database}_iceberg.t`;
  await session.command(`create table ${database}.t stored as parquet as select id from range(20)`);
  assert.equal((await ingest({ database, tables: ["t"] })).outcomes.get("t")?.outcome, "succeeded");
  for (let i = 0; i < 6; i++) {
    await session.command(
      `call lake.system.rewrite_data_files(table => '${database}_iceberg.t', options => map('rewrite-all', 'true'))`,
    );
  }
  await session.command(`call lake.system.rewrite_manifests('${database}_iceberg.t')`);
  const again = (await ingest({ database, tables: ["t"] })).outcomes.get("t");
  assert.equal(again?.error, undefined, again?.error?.message);
  await session.command(`insert into ${target} values (99)`);
  await session.command(
    `call lake.system.rewrite_data_files(table => '${database}_iceberg.t', options => map('rewrite-all', 'true'))`,
  );
  const refused = (await ingest({ database, tables: ["t"] })).outcomes.get("t");
  assert.match(refused?.error?.message ?? "", /was changed by somebody else/);
});

test("what Spark does not show of an Iceberg table is noted: uuid, fixed, defaults", async t => {
  const lake = await newNamespace(t);
  await lake.sql(`create table lake.${lake.namespace}.plain (id string, b binary, n int) using iceberg`);
  const [row] = await lake.session.query(
    `select file from lake.${lake.namespace}.plain.metadata_log_entries order by timestamp desc limit 1`,
  );
  const file = String(row?.file).replace(/^file:\/*/, "/");
  const changed = readFileSync(file, "utf8")
    .replaceAll(/("name"\s*:\s*"id"[^}]*"type"\s*:\s*)"string"/g, '$1"uuid"')
    .replaceAll(/("name"\s*:\s*"n"[^}]*"type"\s*:\s*"int")/g, '$1, "initial-default": 7, "write-default": 7')
    .replace(/"format-version"\s*:\s*2/, '"format-version": 3, "next-row-id": 0')
    .replace(/("table-uuid"\s*:\s*)"[^"]+"/, `$1"${randomUUID()}"`);
  const copy = file.replace(/[^/]+$/, `00001-${randomUUID()}.metadata.json`);
  writeFileSync(copy, changed);
  await lake.sql(`call lake.system.register_table('${lake.namespace}.own', 'file:${copy}')`);
  const outcome = (await runWhole("migrate-iceberg", { namespace: lake.namespace, tables: ["own"] })).get("own");
  assert.equal(outcome?.error, undefined, outcome?.error?.message);
  assert.ok(outcome?.notes?.includes("column id: uuid becomes string"), JSON.stringify(outcome?.notes));
  assert.ok(
    outcome?.notes?.includes("column n: the default 7 for rows to come is not kept"),
    JSON.stringify(outcome?.notes),
  );
});
