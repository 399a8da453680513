import assert from "node:assert/strict";
import { test } from "node:test";
import { ingest, newDatabase, testSession } from "../../engines/lake.ts";
import { endOf, folderOf, sameAsHive } from "./compare.ts";
import { startHive } from "./hive.ts";

test("a column that Hive added to a table of Spark's own is told in the plan, and one of Hive's own has it", async t => {
  const session = await testSession(t);
  const database = await newDatabase(t, session);
  const hive = await startHive(t);
  const run = (sql: string) => hive.answers(sql.replaceAll("DB", database));
  const sparks = [
    ["flat", "using parquet", ""],
    ["orcs", "using orc", ""],
    ["parted", "using parquet partitioned by (p)", ", 'x' as p"],
  ] as const;
  for (const [table, how, more] of sparks) {
    await session.command(
      `create table spark_catalog.${database}.${table} ${how} as select 1 as id, named_struct('a', 1) as s${more}`,
    );
    await run(`alter table DB.${table} add columns (added string)`);
  }
  await run("create table DB.hives (id int) stored as parquet");
  await run("insert into DB.hives values (1)");
  await run("alter table DB.hives add columns (added string, s struct<a:int>)");
  await run("insert into DB.hives select 2, 'new', named_struct('a', 2)");
  // Columns by place: a renamed one, in a partition from before and after, beside a struct.
  await run("create table DB.placed (a int, s struct<x:int,y:string>) partitioned by (p int) stored as parquet");
  await run("insert into DB.placed partition (p=1) select 1, named_struct('x', 1, 'y', 'one')");
  await run("alter table DB.placed change a renamed int");
  await run("alter table DB.placed set tblproperties ('parquet.column.index.access'='TRUE')");
  await run("insert into DB.placed partition (p=2) select 5, named_struct('x', 2, 'y', 'two')");
  await run("create view DB.over_placed as select renamed, s.y as y from DB.placed where p = 1");
  const ran = await ingest({ database, tables: "*" });
  for (const table of ran.outcomes.keys()) assert.equal(endOf(ran, table), "succeeded", table);
  for (const [table] of sparks)
    assert.match(
      ran.outcomes.get(table)?.notes?.join() ?? "",
      /a table of Spark's own that was altered in Hive by \S+: columns that Hive added are not copied/,
      table,
    );
  for (const table of ["hives", "placed"])
    assert.doesNotMatch(ran.outcomes.get(table)?.notes?.join() ?? "", /altered in Hive/);
  await sameAsHive(hive, session, database, {
    outcomes: new Map([...ran.outcomes].filter(([table]) => !sparks.some(([name]) => name === table))),
  });
});

test("a type that no reader can read is told by table, column, partition and both types, a class by its name", async t => {
  const session = await testSession(t);
  const database = await newDatabase(t, session);
  const expected: Record<string, RegExp> = {};
  // A table over the files of another: the types in its files are not those that it says.
  const over = async (format: string, from: string, to: string, value: string, why: RegExp) => {
    const table = `${format}_${Object.keys(expected).length}`;
    const source = `spark_catalog.${database}.s_${table}`;
    await session.command(`create table ${source} (other int, c ${from}) partitioned by (p int) stored as ${format}`);
    await session.command(`insert into ${source} partition (p=7) select 1, ${value}`);
    const folder = folderOf(database, `s_${table}`);
    await session.command(
      `create external table spark_catalog.${database}.${table} (other int, c ${to}) partitioned by (p int) stored as ${format} location 'file:${folder}'`,
    );
    await session.command(`alter table spark_catalog.${database}.${table} add partition (p=7)`);
    expected[table] = why;
  };
  await over(
    "parquet",
    "string",
    "int",
    "'x'",
    /column c of hive\.\S+ is string in the partition p=7, and the table says int/,
  );
  await over(
    "parquet",
    "array<int>",
    "string",
    "array(1)",
    /column c of .* is array<int> in the partition p=7.*says string/,
  );
  await over(
    "orc",
    "array<int>",
    "string",
    "array(1)",
    /column c of .* is array<int> in the partition p=7.*says string/,
  );
  await over(
    "avro",
    "string",
    "int",
    "'x'",
    /A column of hive\.\S+ has another type in its Avro files than in the table/,
  );
  const serde = `spark_catalog.${database}.serde`;
  await session.command(`create table ${serde} (i int) partitioned by (p int) stored as textfile`);
  await session.command(`insert into ${serde} partition (p=1) select 1`);
  await session.command(`alter table ${serde} partition (p=1) set serde 'org.apache.hive.hcatalog.data.JsonSerDe'`);
  expected.serde = /serde needs the Java class org\.apache\.hive\.hcatalog\.data\.JsonSerDe, which Spark does not have/;
  const ran = await ingest({ database, tables: Object.keys(expected) });
  for (const [table, why] of Object.entries(expected)) {
    const { outcome, error } = ran.outcomes.get(table) ?? {};
    assert.equal(outcome, "failed", table);
    assert.match(error?.message ?? "", why, table);
    assert.ok(error?.hint, table);
    assert.doesNotMatch(`${error?.message}${error?.hint}`, /Exception|SQLSTATE|\bat org\.|\[[A-Z_]{5,}/, table);
  }
});
