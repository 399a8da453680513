import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { ingest, newDatabase, testSession } from "../../engines/lake.ts";
import { endOf, filesIn, folderOf, sameAsHive } from "./compare.ts";
import { startHive } from "./hive.ts";

const SERDES = {
  parquet: "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe",
  orc: "org.apache.hadoop.hive.ql.io.orc.OrcSerde",
  avro: "org.apache.hadoop.hive.serde2.avro.AvroSerDe",
  textfile: "org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe",
};
type Format = keyof typeof SERDES;

test("partitions of several formats are read in place, each in its own; where one can't be, the table is refused whole", async t => {
  const session = await testSession(t);
  const database = await newDatabase(t, session);
  const hive = await startHive(t);
  const run = (sql: string) => hive.answers(sql.replaceAll("DB", database));
  await run("use DB");
  // An INSERT would write into a partition as the table says, so the files are those of other tables.
  for (const format of Object.keys(SERDES)) {
    await run(`create table DB.of_${format} (id int, v string) stored as ${format}`);
    await run(`insert into DB.of_${format} values (1, 'in ${format}'), (2, null)`);
  }
  // Its columns are spelled as Hive spells none.
  await session.command(`create table spark_catalog.${database}.spelled (Id int, V string) using parquet`);
  await session.command(`insert into spark_catalog.${database}.spelled values (3, 'spelled')`);

  const parted = async (table: string, as: Format, parts: readonly (readonly [Format, string])[]) => {
    await run(`create table DB.${table} (id int, v string) partitioned by (day int) stored as ${as}`);
    for (const [day, [format, folder]] of parts.entries()) {
      await run(`alter table DB.${table} add partition (day=${day}) location 'file:${folder}'`);
      await run(`alter table DB.${table} partition (day=${day}) set fileformat ${format}`);
      await run(`alter table DB.${table} partition (day=${day}) set serde '${SERDES[format]}'`);
    }
  };
  const of = (...formats: Format[]) => formats.map(format => [format, folderOf(database, `of_${format}`)] as const);
  await parted("columnar", "parquet", of("parquet", "orc"));
  await parted("with_avro", "parquet", of("avro", "parquet"));
  await parted("with_text", "parquet", of("parquet", "textfile"));
  await parted("odd_names", "parquet", [...of("orc"), ["parquet", folderOf(database, "spelled")]]);
  const before = filesBelow(database);
  const ran = await ingest({
    ...{ database, tables: ["columnar", "with_avro", "with_text", "odd_names"], mode: "snapshot" },
  });
  for (const table of ["columnar", "with_avro"]) assert.equal(endOf(ran, table), "succeeded", table);
  assert.deepEqual(filesIn(ran, "columnar"), { listed: 2, read: 2, empty: 0 });
  // Else Hive 2.3 itself takes the table's own reader for rows of ORC, and fails.
  await hive.set("hive.exec.schema.evolution", "false");
  assert.deepEqual((await sameAsHive(hive, session, database, ran)).sort(), ["columnar", "with_avro"]);
  assert.match(endOf(ran, "with_text"), /^failed: No Iceberg table can be made over the files of .*with_text/);
  assert.match(
    endOf(ran, "odd_names"),
    /^failed: An Iceberg table over the files of .* would not read what Hive reads/,
  );
  for (const table of ["with_text", "odd_names"])
    assert.match(ran.outcomes.get(table)?.error?.hint ?? "", /eave "mode" out/, table);
  const made = await session.command(`show tables in lake.${database}_iceberg`);
  assert.deepEqual(made.map(row => row.tableName).sort(), ["columnar", "with_avro"], "nothing is left of the others");
  assert.deepEqual(filesBelow(database), before, "Hive's files are as they were");
});

test("timestamps that a Hive wrote in a local zone are the same instants in place as in a copy", async t => {
  const session = await testSession(t);
  const database = await newDatabase(t, session);
  const timeZone = "America/New_York";
  const hive = await startHive(t, { timeZone });
  await hive.answers(`create table ${database}.clocks (ts timestamp) stored as parquet`);
  // Before the zones, on both sides of a change of the clocks, and with all digits that Spark keeps.
  const at = ["1900-01-01 00:00:01.5", "2024-03-10 01:59:59", "2024-03-10 03:00:00", "2024-11-03 12:00:00.123456"];
  for (const time of at) await hive.answers(`insert into ${database}.clocks select cast('${time}' as timestamp)`);
  const settings = { HIVE_TIME_ZONE: timeZone };
  const own = { database, tables: ["clocks"] };
  const inPlace = await ingest({ ...own, mode: "snapshot" }, { settings });
  assert.equal(endOf(inPlace, "clocks"), "succeeded");
  const copied = await ingest({ ...own, namespace: `${database}_copied` }, { settings });
  assert.equal(endOf(copied, "clocks"), "succeeded");
  const read = async (namespace: string) => {
    await session.config.set({ "spark.sql.session.timeZone": timeZone });
    const rows = await session.query(`select cast(ts as string) as at from lake.${namespace}.clocks order by ts`);
    return rows.map(row => row.at);
  };
  const found = [await read(`${database}_iceberg`), await read(`${database}_copied`)];
  await session.command(`drop table lake.${database}_copied.clocks purge`);
  await session.command(`drop namespace lake.${database}_copied`);
  assert.deepEqual(found, [at, at]);
});

function filesBelow(database: string): string[] {
  return readdirSync(join(folderOf(database, "of_orc"), ".."), { recursive: true, encoding: "utf8" }).sort();
}
