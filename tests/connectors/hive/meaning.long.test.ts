import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { ingest, newDatabase, testSession } from "../../engines/lake.ts";
import { endOf, folderOf, sameAsHive } from "./compare.ts";
import { startHive } from "./hive.ts";

const formats = ["parquet", "orc", "avro", "textfile", "sequencefile", "rcfile"];

test("days of old are what Hive has, in every format, inside of lists and structs, beside files of Spark's own", async t => {
  const session = await testSession(t);
  const database = await newDatabase(t, session);
  const hive = await startHive(t);
  const rows = ["0001-01-01", "0999-12-31", "1500-02-28", "1582-10-04", "1582-10-15", "1900-01-01", "9999-12-31"];
  await hive.answers(`create table ${database}.lines (t string) stored as textfile`);
  await hive.answers(`insert into ${database}.lines values ${rows.map(day => `('${day}')`).join(", ")}`);
  for (const format of formats) {
    await hive.answers(`create table ${database}.${format}_d (d date, ts timestamp) stored as ${format}`);
    await hive.answers(
      `insert into ${database}.${format}_d select cast(t as date), cast(concat(t, ' 12:34:56') as timestamp) from ${database}.lines`,
    );
  }
  await hive.answers(
    `create table ${database}.nested (l array<date>, s struct<d:date, n:int>, m map<string,date>) partitioned by (p string) stored as parquet`,
  );
  await hive.answers(
    `insert into ${database}.nested partition (p='x') select array(cast(t as date)), named_struct('d', cast(t as date), 'n', 1), map('k', cast(t as date)) from ${database}.lines`,
  );
  await hive.answers(`create table ${database}.both_writers (d date) stored as parquet`);
  await hive.answers(`insert into ${database}.both_writers select cast(t as date) from ${database}.lines`);
  await hive.answers(`create view ${database}.seen as select d from ${database}.parquet_d`);
  const ran = await ingest({ database, tables: "*" });
  for (const table of ran.outcomes.keys()) assert.equal(endOf(ran, table), "succeeded", table);
  await sameAsHive(hive, session, database, ran);
  assert.match(ran.outcomes.get("parquet_d")?.notes?.join() ?? "", /days before 15 October 1582/);
  // Spark's own files say how they count, and are read so beside those of Hive.
  await session.command(`insert into ${database}.both_writers values (date'0001-01-01')`);
  const again = await ingest({ database, tables: ["both_writers"] });
  assert.equal(endOf(again, "both_writers"), "succeeded");
  const [first] = await session.query(
    `select cast(count(*) as string) as n from lake.${database}_iceberg.both_writers where d = date'0001-01-01'`,
  );
  assert.equal(first?.n, "2");
});

test("noon in Hive is one instant in every format, partitioned or not, in structs and lists", async t => {
  const session = await testSession(t);
  const database = await newDatabase(t, session);
  const timeZone = "Europe/Berlin";
  const hive = await startHive(t, { timeZone });
  for (const format of formats) {
    const nested = format === "avro" ? "" : ", s struct<at:timestamp, n:int>, l array<timestamp>";
    await hive.answers(`create table ${database}.${format}_t (ts timestamp${nested}) stored as ${format}`);
    const at = "cast('2024-07-01 12:00:00' as timestamp)";
    const values = format === "avro" ? at : `${at}, named_struct('at', ${at}, 'n', 1), array(${at})`;
    await hive.answers(`insert into ${database}.${format}_t select ${values}`);
  }
  await hive.answers(`create table ${database}.parted (n int) partitioned by (ts timestamp) stored as orc`);
  await hive.answers(`insert into ${database}.parted partition (ts='2024-01-01 12:00:00') values (1)`);
  await hive.answers(`create view ${database}.of_parquet as select ts from ${database}.parquet_t`);
  await hive.answers(`create view ${database}.of_text as select ts from ${database}.textfile_t`);
  const ran = await ingest({ database, tables: "*" }, { settings: { HIVE_TIME_ZONE: timeZone } });
  const instant = async (table: string, what: string) => {
    const [row] = await session.query(`select cast(${what} as string) as at from lake.${database}_iceberg.${table}`);
    return row?.at;
  };
  for (const format of formats) {
    assert.equal(endOf(ran, `${format}_t`), "succeeded");
    for (const what of format === "avro" ? ["ts"] : ["ts", "s.at", "l[0]"])
      assert.equal(await instant(`${format}_t`, what), "2024-07-01 10:00:00", `${format} ${what}`);
    assert.match(
      ran.outcomes.get(`${format}_t`)?.notes?.join() ?? "",
      /12:00 in Hive is taken for noon in Europe\/Berlin/,
    );
  }
  assert.equal(await instant("parted", "ts"), "2024-01-01 11:00:00");
  assert.equal(await instant("of_parquet", "ts"), "2024-07-01 10:00:00");
  assert.match(endOf(ran, "of_text"), /^skipped: The view of_text reads timestamps of .*textfile_t/);
});

test("text that is none in UTF-8 is refused with the property to set, and read once that is set", async t => {
  const session = await testSession(t);
  const database = await newDatabase(t, session);
  const hive = await startHive(t);
  const latin = Buffer.from("1,Müller,Köln\n2,Smith,London\n", "latin1");
  for (const table of ["plain", "parted", "nested"]) {
    const columns = table === "nested" ? "id int, l array<string>" : "id int, name string, city string";
    await hive.answers(
      `create table ${database}.${table} (${columns}) ${table === "parted" ? "partitioned by (p string)" : ""} row format delimited fields terminated by ',' collection items terminated by '|' stored as textfile`,
    );
    if (table === "parted") await hive.answers(`alter table ${database}.parted add partition (p='x')`);
    writeFileSync(join(folderOf(database, table), ...(table === "parted" ? ["p=x"] : []), "rows"), latin);
  }
  const refused = await ingest({ database, tables: "*" });
  for (const table of ["plain", "parted", "nested"]) {
    assert.match(
      endOf(refused, table),
      /failed: hive\..* has values that are no text in UTF-8: (name \(1\), city \(1\)|l \(1\))/,
    );
    assert.match(
      refused.outcomes.get(table)?.error?.sql ?? "",
      /set serdeproperties \('serialization.encoding' = 'ISO-8859-1'\)$/,
    );
  }
  assert.deepEqual(await session.command(`show tables in lake.${database}_iceberg`), [], "nothing was published");
  await hive.answers(refused.outcomes.get("plain")?.error?.sql ?? "");
  const read = await ingest({ database, tables: ["plain"] });
  assert.equal(endOf(read, "plain"), "succeeded");
  await sameAsHive(hive, session, database, read);
});

test("a view of Hive's says which of its functions Spark may mean otherwise, one of Spark's own does not", async t => {
  const session = await testSession(t);
  const database = await newDatabase(t, session);
  const hive = await startHive(t);
  await hive.answers(`create table ${database}.t (a int, b int, s string) stored as orc`);
  await hive.answers(`insert into ${database}.t values (1, 2, ' 12 ')`);
  await hive.answers(
    `create view ${database}.v as select greatest(a, b) as g, cast(s as int) as n, a % b as r, 'round(' as w from ${database}.t`,
  );
  await hive.answers(`create view ${database}.over_v as select g from ${database}.v`);
  await hive.answers(`create view ${database}.plain as select a, b from ${database}.t where s = 'floor(1)'`);
  await session.command(
    `create view spark_catalog.${database}.sparks as select greatest(a, b) as g from ${database}.t`,
  );
  const ran = await ingest({ database, tables: ["v", "over_v", "plain", "sparks"] });
  const notes = (table: string) => ran.outcomes.get(table)?.notes?.join() ?? "";
  for (const table of ["v", "over_v"])
    assert.match(
      notes(table),
      /Spark may mean something else by cast \(.*\), greatest \(.*\), % \(.*\): set HIVE_SERVER2_URL/,
      table,
    );
  assert.doesNotMatch(notes("v"), /\bround \(/);
  for (const table of ["plain", "sparks"]) assert.doesNotMatch(notes(table), /may mean something else/, table);
});

test("seconds with nine digits are noted and counted, in columns, structs and lists, partitioned or not", async t => {
  const session = await testSession(t);
  const database = await newDatabase(t, session);
  const hive = await startHive(t);
  const at = (digits: string) => `cast('2024-01-01 00:00:00.${digits}' as timestamp)`;
  for (const format of ["parquet", "orc"]) {
    await hive.answers(
      `create table ${database}.${format}_flat (n int, ts timestamp, other timestamp) stored as ${format}`,
    );
    await hive.answers(
      `insert into ${database}.${format}_flat select 1, ${at("123456789")}, ${at("5")} union all select 2, ${at("123456")}, null union all select 3, ${at("000000001")}, ${at("123")}`,
    );
    await hive.answers(
      `create table ${database}.${format}_deep (s struct<ts:timestamp, n:int>, l array<timestamp>, m map<string,timestamp>) partitioned by (p int) stored as ${format}`,
    );
    for (const p of [1, 2])
      await hive.answers(
        `insert into ${database}.${format}_deep partition (p=${p}) select named_struct('ts', ${at("123456789")}, 'n', 1), array(${at("1")}, ${at("1234567")}), map('k', ${at("5")})`,
      );
  }
  for (const [table, stored] of [
    ["text_flat", "stored as textfile"],
    ["text_piped", "row format delimited fields terminated by '|' stored as textfile"],
  ]) {
    await hive.answers(`create table ${database}.${table} (n int, ts timestamp) ${stored}`);
    await hive.answers(
      `insert into ${database}.${table} select 1, ${at("123456789")} union all select 2, ${at("123456")}`,
    );
  }
  const ran = await ingest({ database, tables: "*" });
  const notes = (table: string) =>
    (ran.outcomes.get(table)?.notes ?? []).filter(note => /digits of a second/.test(note));
  for (const table of ["text_flat", "text_piped"])
    assert.deepEqual(notes(table), ["column ts: 1 value had more than six digits of a second, which were cut"], table);
  for (const format of ["parquet", "orc"]) {
    assert.equal(endOf(ran, `${format}_flat`), "succeeded");
    assert.deepEqual(notes(`${format}_flat`), [
      "column ts: 2 values had more than six digits of a second, which were cut",
    ]);
    assert.deepEqual(notes(`${format}_deep`), [
      "column s: 2 values had more than six digits of a second, which were cut",
      "column l: 2 values had more than six digits of a second, which were cut",
    ]);
  }
});
