import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { cpSync, mkdirSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { withSpellings } from "../../../connectors/iceberg/name-mapping.ts";
import type { DataType } from "../../../connectors/spark/protocol/types.ts";
import { ingest, newDatabase, runWhole, testSession } from "../../engines/lake.ts";
import { endOf, filesIn, folderOf, moveBelow, sameAsHive } from "./compare.ts";
import { startHive } from "./hive.ts";

test("a table over Hive's own files reads what Hive reads, or is refused, and no byte of Hive's changes", async t => {
  const session = await testSession(t);
  const database = await newDatabase(t, session);
  const hive = await startHive(t);
  const run = (sql: string) => hive.answers(sql.replaceAll("DB", database));
  const columns =
    "i int, ti tinyint, b bigint, s string, v varchar(5), d decimal(10,2), dt date, st struct<aB:int,c:string>, a array<int>, m map<string,int>, bo boolean, f float";
  const values =
    "1, cast(2 as tinyint), 3, 'ü', cast('v' as varchar(5)), 1.25, cast('2024-01-01' as date), named_struct('aB', 1, 'c', 'x'), array(1,2), map('k',1), true, cast(1.5 as float)";
  for (const format of ["parquet", "orc"]) {
    await run(`create table DB.${format}_flat (${columns}) comment 'what it is' stored as ${format}`);
    await run(`insert into DB.${format}_flat select ${values}`);
    await run(`create table DB.${format}_parts (i int, x string) partitioned by (p string, n int) stored as ${format}`);
    await run(
      `insert into DB.${format}_parts partition (p, n) select 1, 'x', 'a b/c=%+', 1 union all select 2, null, null, null`,
    );
    await run(`alter table DB.${format}_parts add columns (later int)`);
  }
  await run("create table DB.avro_flat (i int, s string) stored as avro");
  await run("insert into DB.avro_flat values (1, 'x'), (2, null)");
  await run("create table DB.instants (ts timestamp) stored as parquet");
  await run("insert into DB.instants select cast('1900-01-01 00:00:01.5' as timestamp)");
  // Files of two programs, each with a spelling of its own, that neither Hive nor its metastore keeps.
  await run("create table DB.cased (id int, na struct<deep:int>) stored as parquet");
  for (const [made, id, inner] of [
    ["made_1", "Id", "Deep"],
    ["made_2", "ID", "DEEP"],
  ] as const) {
    await session.command(
      `create table spark_catalog.${database}.${made} (${id} int, Na struct<${inner}:int>) using parquet`,
    );
    await session.command(`insert into spark_catalog.${database}.${made} values (1, named_struct('${inner}', 2))`);
    const file = readdirSync(folderOf(database, made)).find(name => name.endsWith(".parquet")) ?? "";
    cpSync(join(folderOf(database, made), file), join(folderOf(database, "cased"), file));
  }
  const refused: Record<string, RegExp> = {};
  const no = async (name: string, why: RegExp, ...statements: string[]) => {
    for (const sql of statements) await run(sql.replace("T", `DB.${name}`));
    refused[name] = why;
  };
  for (const format of ["textfile", "sequencefile", "rcfile"])
    await no(`in_${format}`, /which Iceberg can't read/, `create table T (id int) stored as ${format}`);
  await no(
    "csv",
    /stored as CSV/,
    "create table T (id string) row format serde 'org.apache.hadoop.hive.serde2.OpenCSVSerde'",
  );
  await no("seen", /is a view/, "create view T as select i from DB.parquet_flat");
  await no("padded", /column c of type char/, "create table T (c char(5)) stored as parquet");
  await no("clocks", /timestamps in ORC \(s\)/, "create table T (s struct<ts:timestamp>) stored as orc");
  await no(
    "by_time",
    /partitioned by the timestamp p/,
    "create table T (i int) partitioned by (p timestamp) stored as orc",
  );
  const place = "tblproperties ('parquet.column.index.access'='true')";
  await no("placed", /found by their place/, `create table T (i int) stored as parquet ${place}`);
  await no(
    "nested",
    /files in folders below/,
    ...["create table T (i int) stored as parquet", "insert into T values (1)", "insert into T values (2)"],
  );
  moveBelow(folderOf(database, "nested"), "HIVE_UNION_SUBDIR_1");
  const old = "insert into T select cast('0001-01-01' as date)";
  await no(
    "old",
    /would not read what Hive reads: column d has other values/,
    "create table T (d date) stored as parquet",
    old,
  );

  const source = join(folderOf(database, "parquet_flat"), "..");
  const before = bytesBelow(source);
  const ran = await ingest({ database, tables: "*", mode: "snapshot" });
  const made = await sameAsHive(hive, session, database, ran);
  const expected = [
    "avro_flat",
    "cased",
    "instants",
    "made_1",
    "made_2",
    "orc_flat",
    "orc_parts",
    "parquet_flat",
    "parquet_parts",
  ];
  for (const table of expected) assert.equal(endOf(ran, table), "succeeded");
  assert.deepEqual(made.sort(), expected);
  for (const [table, why] of Object.entries(refused)) {
    assert.match(endOf(ran, table), /^(failed|skipped): /, table);
    assert.match(ran.outcomes.get(table)?.error?.message ?? "", why, table);
    assert.match(ran.outcomes.get(table)?.error?.hint ?? "", /eave "mode" out/, table);
  }
  assert.deepEqual(bytesBelow(source), before, "Hive's files are as they were");
  const lake = `lake.${database}_iceberg`;
  assert.deepEqual(
    (await session.command(`show tables in ${lake}`)).map(row => row.tableName).sort(),
    expected,
    "nothing is left of those that were refused",
  );
  for (const table of expected) {
    const files = await session.query(`select file_path from ${lake}.${table}.files`);
    assert.ok(files.length > 0 && files.every(row => String(row.file_path).includes(`/${database}.db/`)), table);
    assert.equal((await propertiesOf(table)).get("gc.enabled"), "false");
  }
  assert.deepEqual(filesIn(ran, "parquet_parts"), { listed: 2, read: 2, empty: 0 });
  assert.equal(ran.outcomes.get("avro_flat")?.rows, "2");
  assert.equal(ran.outcomes.get("parquet_flat")?.proof?.level, "read-back");
  // Filters and aggregates find what a scan finds, however the column is spelled.
  const [row] = await session.query(
    `select count(*) as n, max(id) as m from ${lake}.cased where id = 1 and na.deep = 2`,
  );
  assert.deepEqual([Number(row?.n), Number(row?.m)], [2, 1]);

  await t.test("the next run takes what Hive added, and leaves what somebody else wrote", async () => {
    await run("insert into DB.parquet_parts partition (p='new', n=5) values (9, 'y', 7)");
    const again = await ingest({ database, tables: ["parquet_parts", "orc_flat"], mode: "snapshot" });
    await sameAsHive(hive, session, database, again);
    assert.equal(again.outcomes.get("parquet_parts")?.rows, "3");
    await session.command(`insert into ${lake}.orc_flat select * from ${lake}.orc_flat`);
    const third = await ingest({ database, tables: ["orc_flat"], mode: "snapshot" });
    assert.match(endOf(third, "orc_flat"), /^failed: .* was changed by somebody else/);
    const copied = await ingest({ database, tables: ["orc_flat"], ifExists: "replace" });
    assert.match(endOf(copied, "orc_flat"), /^failed: .* reads the files of a Hive table/);
    assert.equal(endOf(await ingest({ database, tables: ["seen"] }), "seen"), "succeeded");
    await run("create table DB.plain (i int) stored as parquet");
    await run("insert into DB.plain values (1)");
    assert.equal(endOf(await ingest({ database, tables: ["plain"] }), "plain"), "succeeded");
    const over = await ingest({ database, tables: ["plain"], mode: "snapshot", ifExists: "replace" });
    assert.match(endOf(over, "plain"), /^failed: .* is a table with rows of its own/);
    const replaced = await ingest({ database, tables: ["orc_flat"], mode: "snapshot", ifExists: "replace" });
    assert.deepEqual(await sameAsHive(hive, session, database, replaced), ["orc_flat"]);
  });
  await t.test("Iceberg refuses to delete Hive's files, and a dropped table leaves them", async () => {
    const files = bytesBelow(source);
    await assert.rejects(session.command(`drop table ${lake}.instants purge`), /GC is disabled/);
    await assert.rejects(
      session.command(`call lake.system.expire_snapshots(table => '${database}_iceberg.instants')`),
      /GC is disabled/,
    );
    const compacted = await runWhole("compact-table", { namespace: `${database}_iceberg`, tables: ["instants"] });
    assert.match(compacted.get("instants")?.error?.message ?? "", /belong to somebody else \(gc\.enabled is false\)/);
    await session.command(`drop table ${lake}.instants`);
    assert.deepEqual(bytesBelow(source), files);
  });

  async function propertiesOf(table: string): Promise<Map<string, string>> {
    const rows = await session.command(`show tblproperties ${lake}.${table}`);
    return new Map(rows.map(({ key, value }) => [String(key), String(value)]));
  }
});

test("every spelling of a column's name is added to a mapping, at every depth", () => {
  const int: DataType = { kind: "integer" };
  const field = (name: string, type: DataType) => ({ name, type, nullable: true });
  const inner: DataType = { kind: "struct", fields: [field("Deep", int), field("DEEP", int)] };
  const files: DataType = {
    kind: "struct",
    fields: [
      field("Id", int),
      field("ID", int),
      field("L", { kind: "array", element: inner }),
      field("m", { kind: "map", key: int, value: inner }),
      field("unknown", int),
    ],
  };
  const deep = [{ "field-id": 9, names: ["deep"] }];
  const mapping = [
    { "field-id": 1, names: ["id"] },
    { "field-id": 2, names: ["l"], fields: [{ "field-id": 3, names: ["element"], fields: deep }] },
    { "field-id": 4, names: ["m"], fields: [{ names: ["key"] }, { names: ["value"], fields: deep }] },
    { "field-id": 5, names: ["added_later"] },
  ];
  const spelled = [{ "field-id": 9, names: ["deep", "Deep", "DEEP"] }];
  assert.deepEqual(JSON.parse(withSpellings(JSON.stringify(mapping), files)), [
    { "field-id": 1, names: ["id", "Id", "ID"] },
    { "field-id": 2, names: ["l", "L"], fields: [{ "field-id": 3, names: ["element"], fields: spelled }] },
    { "field-id": 4, names: ["m"], fields: [{ names: ["key"] }, { names: ["value"], fields: spelled }] },
    { "field-id": 5, names: ["added_later"] },
  ]);
});

/** The hash and the time of change of every file below a folder. */
function bytesBelow(folder: string): Record<string, string> {
  mkdirSync(folder, { recursive: true });
  const names = readdirSync(folder, { recursive: true, encoding: "utf8" }).sort();
  return Object.fromEntries(
    names.flatMap(name => {
      const path = join(folder, name);
      const stat = statSync(path);
      if (!stat.isFile()) return [];
      return [[name, `${stat.mtimeMs} ${createHash("sha256").update(readFileSync(path)).digest("hex")}`]];
    }),
  );
}
