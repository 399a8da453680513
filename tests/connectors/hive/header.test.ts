import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { ingest, newDatabase, testSession } from "../../engines/lake.ts";
import { endOf, filesIn, folderOf, sameAsHive } from "./compare.ts";
import { startHive } from "./hive.ts";

test("the first lines of files that Hive leaves out are left out, in every file, and counted as Hive counts", async t => {
  const session = await testSession(t);
  const database = await newDatabase(t, session);
  const hive = await startHive(t);
  const run = (sql: string) => hive.answers(sql.replaceAll("DB", database));
  const write = (table: string, file: string, text: string | Buffer) => {
    const path = join(folderOf(database, table), file);
    mkdirSync(join(path, ".."), { recursive: true });
    writeFileSync(path, text);
  };
  const commas = "row format delimited fields terminated by ',' collection items terminated by '|'";
  const skip = (lines: number | string) => `tblproperties ('skip.header.line.count'='${lines}')`;
  await run(`create table DB.plain (id int, v string) ${commas} stored as textfile ${skip(1)}`);
  write("plain", "a.csv", "id,v\n1,x\n2,\n");
  write("plain", "b.csv", "7,header of its own\n3,y\n");
  write("plain", "only-a-header.csv", "id,v\n");
  write("plain", "empty.csv", "");
  write("plain", "c.csv.gz", gzipSync("id,v\n4,z\n"));
  // More header than the first half of the file.
  await run(`create table DB.three (id string) stored as textfile ${skip(3)}`);
  write("three", "long", `${"a".repeat(500)}\n${"b".repeat(500)}\n${"c".repeat(500)}\nd\ne\n`);
  write("three", "short", "a\nb\n");
  write("three", "exact", "a\nb\nc");
  await run(`create table DB.parts (id int, l array<int>) partitioned by (day string) ${commas} ${skip("01")}`);
  for (const day of ["a", "b c"]) {
    await run(`alter table DB.parts add partition (day='${day}')`);
    write("parts", join(`day=${day}`, "rows"), "id,l\n1,1|2\n2,\n");
    write("parts", join(`day=${day}`, "more"), "id,l\n3,4\n");
  }
  const csv = "row format serde 'org.apache.hadoop.hive.serde2.OpenCSVSerde'";
  await run(`create table DB.quoted (id string, v string) ${csv} ${skip(2)}`);
  write("quoted", "rows.csv", 'id,"v"\nunits,none\n1,"a, b"\n2,"c"\n');
  await run(
    `create table DB.by_serde (id string, v string) ${csv} with serdeproperties ('skip.header.line.count'='1')`,
  );
  write("by_serde", "rows.csv", "id,v\n1,a\n");
  const regex =
    "row format serde 'org.apache.hadoop.hive.serde2.RegexSerDe' with serdeproperties ('input.regex'='(.*)-(.*)')";
  await run(`create table DB.matched (a string, b string) ${regex} stored as textfile ${skip(1)}`);
  write("matched", "rows", "a-b\nno match\n1-2\n");
  await run(`create table DB.all_of_it (id int) stored as textfile ${skip(10)}`);
  write("all_of_it", "rows", "1\n2\n");
  await run(`create table DB.nothing_left_out (id int) stored as textfile ${skip(0)}`);
  write("nothing_left_out", "rows", "1\n2\n");
  // What is not lines, and what is left out at the end, is refused.
  await run(`create table DB.orc_lines (id int) stored as orc ${skip(1)}`);
  await run(`create table DB.sequences (id int) stored as sequencefile ${skip(1)}`);
  await run(
    `create table DB.footer (id int) tblproperties ('skip.header.line.count'='1', 'skip.footer.line.count'='1')`,
  );
  await run("create view DB.seen as select id from DB.plain");
  const ran = await ingest({ database, tables: "*" });
  const same = await sameAsHive(hive, session, database, ran);
  const read = ["all_of_it", "by_serde", "matched", "nothing_left_out", "parts", "plain", "quoted", "three"];
  for (const table of read) assert.equal(endOf(ran, table), "succeeded");
  assert.deepEqual(same.sort(), read);
  assert.deepEqual([ran.outcomes.get("plain")?.rows, ran.outcomes.get("three")?.rows], ["4", "2"]);
  assert.deepEqual(filesIn(ran, "plain"), { listed: 5, read: 3, empty: 2 });
  assert.match(endOf(ran, "footer"), /^skipped: .*skip\.footer\.line\.count=1/);
  for (const table of ["orc_lines", "sequences"])
    assert.match(endOf(ran, table), /^skipped: .*skip\.header\.line\.count=1/);
  assert.match(endOf(ran, "seen"), /^skipped: The view seen can't be read: plain has the property skip/);
});
