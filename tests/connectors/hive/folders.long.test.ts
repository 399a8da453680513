import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { ingest, newDatabase, testSession } from "../../engines/lake.ts";
import { endOf, filesIn, folderOf, moveBelow, sameAsHive } from "./compare.ts";
import { startHive } from "./hive.ts";

const formats = ["parquet", "orc", "avro", "textfile", "sequencefile", "rcfile"];

test("files in folders below a table are read as Hive reads them, in every format and layout", async t => {
  const session = await testSession(t);
  const database = await newDatabase(t, session);
  const hive = await startHive(t);
  const folder = (table: string) => folderOf(database, table);
  for (const format of formats) {
    await hive.answers(`create table ${database}.plain_${format} (id int, v string) stored as ${format}`);
    for (const id of [1, 2])
      await hive.answers(`insert into ${database}.plain_${format} values (${id}, 'v ${id}'), (${id + 10}, null)`);
    moveBelow(folder(`plain_${format}`), "HIVE_UNION_SUBDIR_1");
    await hive.answers(
      `create table ${database}.parts_${format} (id int, v string) partitioned by (day string) stored as ${format}`,
    );
    for (const day of ["a", "b c", "d/e=1%"])
      await hive.answers(`insert into ${database}.parts_${format} partition (day='${day}') values (1, 'v'), (2, null)`);
    moveBelow(join(folder(`parts_${format}`), "day=b c"), "HIVE_UNION_SUBDIR_2/deeper {x}");
    moveBelow(join(folder(`parts_${format}`), "day=d%2Fe%3D1%25"), "HIVE_UNION_SUBDIR_1");
  }
  // A folder that looks like a partition, below a table that has none.
  for (const format of ["parquet", "textfile"]) {
    await hive.answers(`create table ${database}.no_parts_${format} (id int) stored as ${format}`);
    await hive.answers(`insert into ${database}.no_parts_${format} values (1), (2)`);
    moveBelow(folder(`no_parts_${format}`), "day=1");
  }
  await hive.answers(`create table ${database}.bare (id int) stored as orc`);
  await hive.answers(`insert into ${database}.bare values (1), (2)`);
  // Hidden files and folders are none of Hive's.
  await hive.answers(`create table ${database}.hidden (id int) stored as textfile`);
  for (const below of ["", "_temporary/0", ".hive-staging_1", "sub"]) {
    mkdirSync(join(folder("hidden"), below), { recursive: true });
    for (const name of ["_SUCCESS", ".part.crc", "_rows"]) writeFileSync(join(folder("hidden"), below, name), "666\n");
    writeFileSync(join(folder("hidden"), below, "rows"), below.length > 3 ? "777\n" : "1\n");
  }
  await hive.answers(
    `create table ${database}.skewed (id int, k string) skewed by (k) on ('a') stored as directories stored as orc`,
  );
  await hive.answers(`insert into ${database}.skewed values (1, 'a'), (2, 'b'), (3, 'c')`);
  await hive.answers(`create view ${database}.seen as select id from ${database}.plain_parquet where id > 1`);
  await hive.answers(
    `create view ${database}.seen_both as select b.id from ${database}.bare b join ${database}.plain_textfile t on b.id = t.id`,
  );
  const ran = await ingest({ database, tables: "*" });
  const compared = await sameAsHive(hive, session, database, ran);
  for (const [table, outcome] of ran.outcomes) assert.equal(outcome.outcome, "succeeded", endOf(ran, table));
  assert.equal(compared.length, 2 * formats.length + 7);
  assert.deepEqual(filesIn(ran, "plain_orc"), { listed: 2, read: 2, empty: 0 });
  assert.deepEqual(filesIn(ran, "parts_parquet"), { listed: 3, read: 3, empty: 0 });
  assert.deepEqual(filesIn(ran, "hidden"), { listed: 2, read: 2, empty: 0 });
  // Rows of a view name no files: those that Spark plans to read are compared, and of Hive's reader it is said that nobody can.
  assert.deepEqual(filesIn(ran, "seen"), { listed: 2, read: 0, empty: 0, tables: 1, unchecked: 2 });
  assert.match(ran.outcomes.get("seen_both")?.notes?.join() ?? "", /files of plain_textfile are listed, and not held/);
  assert.equal(ran.outcomes.get("plain_orc")?.rows, "4");
  assert.match(ran.outcomes.get("plain_parquet")?.notes?.join() ?? "", /read by Hive's own reader/);
});

test("partitions with a place or a type of their own are read each in its way", async t => {
  const session = await testSession(t);
  const database = await newDatabase(t, session);
  const hive = await startHive(t);
  const elsewhere = mkdtempSync(join(tmpdir(), "portal-elsewhere-"));
  t.after(async () => rmSync(elsewhere, { recursive: true, force: true }));
  const run = (sql: string) => hive.answers(sql.replaceAll("DB", database));
  // Hive alters partitions of the current database only, whatever the statement names.
  await run("use DB");
  await run("create table DB.away (id int) partitioned by (day string) stored as parquet");
  for (const day of ["usual", "moved", "nested", "empty"]) {
    if (day !== "usual") {
      mkdirSync(join(elsewhere, day));
      await run(`alter table DB.away add partition (day='${day}') location 'file:${join(elsewhere, day)}'`);
    }
    if (day !== "empty") await run(`insert into DB.away partition (day='${day}') values (1), (2)`);
  }
  moveBelow(join(elsewhere, "nested"), "HIVE_UNION_SUBDIR_1");
  for (const format of ["textfile", "parquet"]) {
    // No folder of the table's own is left, and one partition was moved away from where its old files are.
    await run(`create table DB.all_away_${format} (id int) partitioned by (day string) stored as ${format}`);
    await run(`create table DB.moved_${format} (id int) partitioned by (day string) stored as ${format}`);
    for (const table of [`all_away_${format}`, `moved_${format}`]) {
      await run(`insert into DB.${table} partition (day='a') values (666)`);
      mkdirSync(join(elsewhere, table));
      await run(`alter table DB.${table} partition (day='a') set location 'file:${join(elsewhere, table)}'`);
      await run(`insert into DB.${table} partition (day='a') values (1)`);
    }
    rmSync(folderOf(database, `all_away_${format}`), { recursive: true });
  }
  // What lies in a folder that is no partition is not the table's.
  await run("create table DB.unknown (id int) partitioned by (day string) stored as textfile");
  await run("insert into DB.unknown partition (day='a') values (1)");
  mkdirSync(join(folderOf(database, "unknown"), "day=forgotten"));
  writeFileSync(join(folderOf(database, "unknown"), "day=forgotten", "f"), "5\n");
  // Columns by place, and a type that grew after the first partition.
  await run("create table DB.placed (a int, b string) stored as parquet");
  await run("insert into DB.placed values (1, 'x')");
  await run("alter table DB.placed change a renamed int");
  await run("alter table DB.placed set tblproperties ('parquet.column.index.access'='true')");
  await run("create table DB.placed_serde (a int, b string) partitioned by (d int) stored as parquet");
  await run("insert into DB.placed_serde partition (d=1) values (1, 'x')");
  await run("alter table DB.placed_serde change b words string");
  await run("alter table DB.placed_serde set serdeproperties ('parquet.column.index.access'='true')");
  await run("create table DB.grown (a int) partitioned by (d int) stored as orc");
  await run("insert into DB.grown partition (d=1) values (1)");
  await run("alter table DB.grown change a a bigint");
  await run("insert into DB.grown partition (d=2) values (5000000000)");
  await run("create table DB.bucketed (a int, b string) clustered by (a) into 2 buckets stored as orc");
  await run("insert into DB.bucketed values (1, 'x'), (2, 'y'), (3, 'z')");
  const ran = await ingest({ database, tables: "*" });
  await sameAsHive(hive, session, database, ran);
  for (const [table, outcome] of ran.outcomes) assert.equal(outcome.outcome, "succeeded", endOf(ran, table));
  assert.equal(ran.outcomes.get("away")?.rows, "6");
  for (const table of ["unknown", "all_away_textfile", "moved_textfile", "all_away_parquet", "moved_parquet"])
    assert.equal(ran.outcomes.get(table)?.rows, "1", table);
  assert.deepEqual(filesIn(ran, "away"), { listed: 3, read: 3, empty: 0 });
});
