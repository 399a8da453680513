import assert from "node:assert/strict";
import { test } from "node:test";
import { ingest, newDatabase, testSession } from "../../engines/lake.ts";
import { endOf } from "./compare.ts";
import { startHive } from "./hive.ts";

test("what Spark would read otherwise than Hive is refused by name, with the way out", async t => {
  const session = await testSession(t);
  const database = await newDatabase(t, session);
  const hive = await startHive(t);
  const run = (sql: string) => hive.answers(sql.replaceAll("DB", database));
  const expected: Record<string, RegExp> = {};
  const table = async (name: string, sql: string, why: RegExp) => {
    await run(sql.replace("T", `DB.${name}`));
    expected[name] = why;
  };
  const made = async (name: string, changes: Record<string, string>, why: RegExp, stored = "parquet") => {
    await table(name, `create table T (id int) stored as ${stored}`, why);
    await hive.alter(database, name, changes);
  };
  const skip = "skip.header.line.count";
  await table(
    "header",
    `create table T (id int) stored as sequencefile tblproperties ('${skip}'='1')`,
    /skip\.header\.line\.count=1/,
  );
  await table(
    "footer",
    "create table T (id int) tblproperties ('skip.footer.line.count'='2')",
    /footer\.line\.count=2/,
  );
  const csv = "org.apache.hadoop.hive.serde2.OpenCSVSerde";
  await table(
    "header_csv",
    `create table T (id string) partitioned by (d int) row format serde '${csv}' with serdeproperties ('${skip}'='three')`,
    /skip\.header\.line\.count=three/,
  );
  await table("header_view", "create view T as select * from DB.header", /can't be read: header has the property skip/);
  await made("hudi", { input: "org.apache.hudi.hadoop.HoodieParquetInputFormat" }, /HoodieParquetInputFormat \(Hudi\)/);
  const realtime = "org.apache.hudi.hadoop.realtime.HoodieParquetRealtimeInputFormat";
  await made("hudi_realtime", { input: realtime }, /HoodieParquetRealtimeInputFormat/);
  await made("delta", { input: "io.delta.hive.DeltaInputFormat" }, /Delta Lake/);
  await made("own_orc", { input: "com.example.OnlyNewestOrcInputFormat" }, /OnlyNewestOrcInputFormat/, "orc");
  await table(
    "json",
    "create table T (id int) row format serde 'org.apache.hive.hcatalog.data.JsonSerDe'",
    /class org\.apache\.hive\.hcatalog\.data\.JsonSerDe/,
  );
  await made("openx", { serde: "org.openx.data.jsonserde.JsonSerDe" }, /class org\.openx\.data\.jsonserde/, "textfile");
  await made("xml", { serde: "com.ibm.spss.hive.serde2.xml.XmlSerDe" }, /class com\.ibm\.spss/, "textfile");
  for (const handler of ["hadoop.hive.hbase.HBase", "hadoop.hive.kudu.Kudu", "hive.storage.jdbc.Jdbc"])
    await made(
      `handler_${handler.split(".")[2]}`,
      { storage_handler: `org.apache.${handler}StorageHandler`, serde: `org.apache.${handler}SerDe` },
      /storage handler org\.apache\.\S+StorageHandler/,
    );
  await made("iceberg", { storage_handler: "org.apache.iceberg.mr.hive.HiveIcebergStorageHandler" }, /storage handler/);
  await table(
    "u",
    "create table T (id int, u uniontype<int,string>) stored as orc",
    /column u .* uniontype<int,string>/,
  );
  await table(
    "u_deep",
    "create table T (a array<struct<x:int,u:uniontype<int,double>>>) stored as orc",
    /column a .*uniontype<int,double>/,
  );
  await run("create table DB.base (id int)");
  await hive.copy(database, "base", {
    name: "mv",
    type: "MATERIALIZED_VIEW",
    viewText: `select * from ${database}.base`,
  });
  expected.mv = /materialized view/;
  await run("create table DB.gone (id int)");
  await table("dangling", "create view T as select * from DB.gone", /There is no table or view .*gone/);
  await table("dangling_twice", "create view T as select * from DB.dangling", /There is no table or view .*gone/);
  await run("drop table DB.gone");
  await run("create table DB.changed (id int, b int)");
  await table("old_view", "create view T as select b from DB.changed", /can't be read/);
  await run("alter table DB.changed replace columns (id int)");
  await table("acid", "create table T (id int) clustered by (id) into 2 buckets stored as orc", /is transactional/);
  await hive.alter(database, "acid", { transactional: "true" });

  const ran = await ingest({ database, tables: "*" });
  for (const [name, why] of Object.entries(expected)) {
    const { outcome, error } = ran.outcomes.get(name) ?? {};
    assert.equal(outcome, "skipped", endOf(ran, name));
    assert.match(error?.message ?? "", why, name);
    assert.ok(error?.hint, `${name} has no way out`);
    assert.doesNotMatch(`${error?.message}${error?.hint}`, /Exception|SQLSTATE|\bat org\.|\[[A-Z_]{5,}/, name);
  }
  assert.equal(endOf(ran, "base"), "succeeded");
  // Named, each of them is a failure.
  const named = await ingest({ database, tables: ["mv", "header", "json"] });
  for (const name of ["mv", "header", "json"]) assert.match(endOf(named, name), /^failed: /);
});
