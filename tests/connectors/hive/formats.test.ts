import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { ingest, newDatabase, testSession } from "../../engines/lake.ts";
import { endOf, filesIn, folderOf, sameAsHive } from "./compare.ts";
import { startHive } from "./hive.ts";

const SERDE = "org.apache.hadoop.hive.serde2";

/** How files of a format begin, and by which class Hive reads their rows. */
const FORMATS: readonly (readonly [format: string, begins: RegExp, serde: string])[] = [
  ["parquet", /^PAR1/, "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe"],
  ["orc", /^ORC/, "org.apache.hadoop.hive.ql.io.orc.OrcSerde"],
  ["textfile", /^1\x01in/, `${SERDE}.lazy.LazySimpleSerDe`],
  ["avro", /^Obj\x01/, `${SERDE}.avro.AvroSerDe`],
  ["rcfile", /^RCF/, `${SERDE}.columnar.LazyBinaryColumnarSerDe`],
  ["sequencefile", /^SEQ/, `${SERDE}.lazy.LazySimpleSerDe`],
];

test("partitions that differ by format are read each in its own, and columns of plain ORC as Hive finds them", async t => {
  const session = await testSession(t);
  const database = await newDatabase(t, session);
  const hive = await startHive(t);
  const run = (sql: string) => hive.answers(sql.replaceAll("DB", database));
  // Hive alters partitions of the current database only, whatever the statement names.
  await run("use DB");
  // An INSERT would write into a partition as the table says, so the files are those of other tables.
  for (const [format, begins] of FORMATS) {
    await run(`create table DB.of_${format} (id int, v string) stored as ${format}`);
    await run(`insert into DB.of_${format} values (1, 'in ${format}'), (2, null)`);
    const folder = folderOf(database, `of_${format}`);
    const [file = ""] = readdirSync(folder).filter(name => /^[^._]/.test(name));
    assert.match(readFileSync(join(folder, file)).subarray(0, 8).toString("latin1"), begins, format);
  }
  const mixed = ["mixed_parquet", "mixed_textfile"];
  for (const table of mixed) {
    await run(`create table DB.${table} (id int, v string) partitioned by (day int) stored as ${table.slice(6)}`);
    for (const [day, [format, , serde]] of FORMATS.entries()) {
      const place = `file:${folderOf(database, `of_${format}`)}`;
      await run(`alter table DB.${table} add partition (day=${day}) location '${place}'`);
      await run(`alter table DB.${table} partition (day=${day}) set fileformat ${format}`);
      await run(`alter table DB.${table} partition (day=${day}) set serde '${serde}'`);
    }
  }
  // Columns of plain ORC that were renamed, also to the name that another one had.
  const renamed = ["orc_renamed", "orc_parted", "orc_swapped"];
  for (const table of renamed) {
    const [by, into] = table === "orc_parted" ? ["partitioned by (d int)", "partition (d=1)"] : ["", ""];
    await run(`create table DB.${table} (a int, b string, c string) ${by} stored as orc`);
    await run(`insert into DB.${table} ${into} values (1, 'b one', 'c one')`);
    await run(`alter table DB.${table} change b renamed string`);
    if (table === "orc_swapped") await run(`alter table DB.${table} change c b string`);
    await run(`insert into DB.${table} ${into.replace("1", "2")} values (2, 'b two', 'c two')`);
  }
  const ran = await ingest({ database, tables: [...renamed, ...mixed] });
  for (const [table, outcome] of ran.outcomes) assert.equal(outcome.outcome, "succeeded", endOf(ran, table));
  const only = (names: readonly string[]) => ({
    outcomes: new Map([...ran.outcomes].filter(([table]) => names.includes(table))),
  });
  assert.equal((await sameAsHive(hive, session, database, only(renamed))).length, renamed.length);
  // Else Hive 2.3 itself takes the table's own reader for rows of ORC, and fails.
  await hive.set("hive.exec.schema.evolution", "false");
  assert.equal((await sameAsHive(hive, session, database, only(mixed))).length, mixed.length);
  for (const table of mixed) {
    assert.equal(ran.outcomes.get(table)?.rows, "12", table);
    assert.deepEqual(filesIn(ran, table), { listed: 6, read: 6, empty: 0 }, table);
  }
});
