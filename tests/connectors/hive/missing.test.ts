import assert from "node:assert/strict";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { describeHive } from "../../../connectors/iceberg/describe.ts";
import { checkFiles, FILE_MARK, namesByMark } from "../../../connectors/iceberg/files-read.ts";
import { HIVE_READER, listSource, OWN_READER } from "../../../connectors/iceberg/source-files.ts";
import { ingest, newDatabase, testSession } from "../../engines/lake.ts";
import { endOf, filesIn, folderOf, sameAsHive } from "./compare.ts";
import { startHive } from "./hive.ts";

test("a folder that is away fails the table, and the copy that is there stays", async t => {
  const session = await testSession(t);
  const database = await newDatabase(t, session);
  const hive = await startHive(t);
  const away = mkdtempSync(join(tmpdir(), "portal-mount-"));
  t.after(async () => rmSync(away, { recursive: true, force: true }));
  const tables: string[] = [];
  for (const [format, layout] of [
    ["parquet", "partitioned by (day string)"],
    ["orc", ""],
    ["textfile", ""],
  ] as const) {
    const table = `${format}_${layout ? "parts" : "plain"}`;
    await hive.answers(
      `create external table ${database}.${table} (id int) ${layout} stored as ${format} location 'file:${join(away, table)}'`,
    );
    const into = layout ? `${database}.${table} partition (day='a')` : `${database}.${table}`;
    await hive.answers(`insert into ${into} values (1), (2)`);
    tables.push(table);
  }
  const first = await ingest({ database, tables });
  assert.deepEqual((await sameAsHive(hive, session, database, first)).sort(), tables.sort());
  renameSync(away, `${away}.unmounted`);
  t.after(async () => rmSync(`${away}.unmounted`, { recursive: true, force: true }));
  const second = await ingest({ database, tables });
  for (const table of tables) {
    assert.match(endOf(second, table), /^failed: The folder .* is not there/, table);
    const [row] = await session.query(`select count(*) as n from lake.${database}_iceberg.${table}`);
    assert.equal(String(row?.n), "2", table);
  }
  renameSync(`${away}.unmounted`, away);
  rmSync(join(away, "parquet_parts", "day=a"), { recursive: true });
  assert.match(endOf(await ingest({ database, tables: ["parquet_parts"] }), "parquet_parts"), /day=a .*is not there/);
});

test("a file that somebody is putting into a table fails it, in every format, and is read when it is there", async t => {
  const session = await testSession(t);
  const database = await newDatabase(t, session);
  const tables: string[] = [];
  for (const [format, layout] of [
    ["parquet", ""],
    ["parquet", "partitioned by (day string)"],
    ["orc", ""],
    ["textfile", ""],
  ] as const) {
    const table = `${format}_${layout ? "parts" : "plain"}`;
    await session.command(`create table ${database}.${table} (id int) ${layout} stored as ${format}`);
    await session.command(`insert into ${database}.${table} ${layout ? "partition (day='a')" : ""} values (1)`);
    const folder = join(folderOf(database, table), layout ? "day=a" : "");
    const file = readdirSync(folder).find(name => /^part-/.test(name)) ?? "";
    cpSync(join(folder, file), join(folder, "more._COPYING_"));
    // Writers that hide what they are at are nobody's business.
    for (const hidden of [".part-0-0.inprogress.1", "_tmp.000000_0", ".more.distcp.tmp"])
      writeFileSync(join(folder, hidden), "half a file");
    tables.push(table);
  }
  const during = await ingest({ database, tables });
  for (const table of tables) {
    assert.match(endOf(during, table), /^failed: Somebody is putting (a|one) file into/, table);
    const folder = join(folderOf(database, table), table.endsWith("parts") ? "day=a" : "");
    renameSync(join(folder, "more._COPYING_"), join(folder, "more"));
  }
  const after = await ingest({ database, tables });
  for (const table of tables) assert.equal(after.outcomes.get(table)?.rows, "2", endOf(after, table));
});

test("all of more than 200 partitions that are kept elsewhere are looked up, and one that is gone is missed", async t => {
  const session = await testSession(t);
  const database = await newDatabase(t, session);
  const elsewhere = mkdtempSync(join(tmpdir(), "portal-elsewhere-"));
  t.after(async () => rmSync(elsewhere, { recursive: true, force: true }));
  await session.command(`create table ${database}.away (id int) partitioned by (p int) stored as textfile`);
  const numbers = Array.from({ length: 205 }, (_, i) => i);
  for (const p of numbers) {
    mkdirSync(join(elsewhere, `${p}`));
    writeFileSync(join(elsewhere, `${p}`, "rows"), `${p}\n`);
  }
  const added = numbers.map(p => `partition (p=${p}) location 'file:${join(elsewhere, `${p}`)}'`);
  await session.command(`alter table ${database}.away add ${added.join(" ")}`);
  const ran = await ingest({ database, tables: ["away"] });
  assert.equal(ran.outcomes.get("away")?.rows, "205", endOf(ran, "away"));
  assert.deepEqual(filesIn(ran, "away"), { listed: 205, read: 205, empty: 0 });
  rmSync(join(elsewhere, "204"), { recursive: true });
  assert.match(endOf(await ingest({ database, tables: ["away"] }), "away"), /^failed: The folder .*204 .*is not there/);
});

test("a file that Hive would read and Spark did not fails the table by its name", async t => {
  const session = await testSession(t);
  const database = await newDatabase(t, session);
  await session.command(`create table ${database}.t (id int) stored as parquet`);
  await session.command(`insert into ${database}.t select cast(id as int) from range(10)`);
  const name = { catalog: "hive", namespace: database, table: "t" };
  const table = await describeHive(session, name);
  assert.ok(table);
  await session.config.set(HIVE_READER);
  const listed = await listSource(session, name, table);
  const files = [...listed.files];
  assert.ok(files.length >= 2);
  const check = (observed: string[]) => checkFiles(session, { table, listed, hiveWay: false }, observed);
  assert.deepEqual(await check(files), { listed: files.length, read: files.length, empty: 0 });
  await assert.rejects(check(files.slice(1)), error => String(error).includes(`Spark did not read: ${files[0]}`));
  await assert.rejects(check([...files, "file:/elsewhere/x.parquet"]), /Hive would not read.*elsewhere\/x\.parquet/);
});

test("the mark of a row's file names it, by either reader, however odd the folder is called", async t => {
  const session = await testSession(t);
  const database = await newDatabase(t, session);
  await session.config.set({ "hive.exec.dynamic.partition.mode": "nonstrict" });
  await session.command(`create table ${database}.odd (id int) partitioned by (d string) stored as parquet`);
  const values = ["a b", "x/y", "100%", "ü+ñ", "{br}[1]", "q&a;=", "p,#h~!"].map(value => `(1, '${value}')`);
  await session.command(`insert into ${database}.odd values ${values.join(", ")}`);
  const name = { catalog: "hive", namespace: database, table: "odd" };
  const table = await describeHive(session, name);
  assert.ok(table);
  await session.config.set(HIVE_READER);
  const listed = await listSource(session, name, table);
  assert.equal(listed.files.size, 7);
  for (const reader of [HIVE_READER, OWN_READER]) {
    await session.config.set(reader);
    const rows = await session.query(`select distinct ${FILE_MARK} as mark from spark_catalog.${database}.odd`);
    const names = namesByMark(
      listed,
      rows.map(row => String(row.mark)),
    );
    assert.deepEqual(names?.sort(), [...listed.files].sort());
  }
  assert.equal(namesByMark(listed, ["1"]), undefined);
});

test("in a table of many files some rows are marked, and a file without a marked one is still found", async t => {
  const session = await testSession(t);
  const database = await newDatabase(t, session);
  await session.command(`create table ${database}.many (id bigint) partitioned by (p bigint) stored as parquet`);
  await session.config.set({ "hive.exec.dynamic.partition.mode": "nonstrict" });
  // Most of 120 files have one row, and a task reads many of them.
  await session.command(
    `insert into ${database}.many select /*+ repartition(1) */ id, least(id, 119) as p from range(500)`,
  );
  const ran = await ingest({ database, tables: ["many"] });
  assert.equal(ran.outcomes.get("many")?.rows, "500", endOf(ran, "many"));
  assert.deepEqual(filesIn(ran, "many"), { listed: 120, read: 120, empty: 0 });
});

test("files without rows are counted as such, and damaged ones are named", async t => {
  const session = await testSession(t);
  const database = await newDatabase(t, session);
  const hive = await startHive(t);
  for (const format of ["parquet", "orc", "avro", "textfile"]) {
    await session.command(`create table ${database}.none_${format} (id int) stored as ${format}`);
    await session.command(`insert into ${database}.none_${format} select cast(id as int) from range(10) where id < 0`);
    await session.command(`insert into ${database}.none_${format} values (1)`);
  }
  await session.command(`create table ${database}.damaged (id int) stored as parquet`);
  await session.command(`insert into ${database}.damaged values (1)`);
  writeFileSync(join(folderOf(database, "damaged"), "broken.parquet"), "this is no Parquet file at all");
  await session.command(`create table ${database}.twice (id int) stored as orc`);
  await session.command(`insert into ${database}.twice values (1)`);
  cpSync(folderOf(database, "twice"), join(folderOf(database, "saved"), "copy"), { recursive: true });
  renameSync(join(folderOf(database, "saved"), "copy"), join(folderOf(database, "twice"), "copy"));
  const ran = await ingest({ database, tables: "*" });
  assert.ok(existsSync(folderOf(database, "damaged")));
  assert.match(endOf(ran, "damaged"), /^failed: .*broken\.parquet/);
  assert.doesNotMatch(endOf(ran, "damaged"), /Exception|SQLSTATE|\bat org\./);
  assert.equal((await sameAsHive(hive, session, database, ran)).length, 5);
  assert.equal(ran.outcomes.get("twice")?.rows, "2");
});
