import assert from "node:assert/strict";
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import type { Fields, Sent } from "../../connectors/hive/metastore/codec.ts";
import { openMetastore } from "../../connectors/hive/metastore/metastore.ts";
import { openThrift } from "../../connectors/hive/metastore/thrift.ts";
import { attachCatalogs, secretPlaceholders } from "../../connectors/iceberg/catalogs.ts";
import { openTableSession } from "../../connectors/iceberg/session.ts";
import { startConnectServer } from "../../connectors/spark/server/server.ts";
import { SERVER_CONF } from "../../connectors/spark/server/server-conf.ts";
import type { Session } from "../../connectors/spark/session.ts";
import { findInstalled } from "../../core/installed.ts";
import type { Outcome } from "../../core/jobs/outcome.ts";
import { readSettings, type Settings } from "../../core/settings.ts";
import { serviceChecks } from "../../engines/check-services/checks.ts";
import { runCheck } from "../../engines/check-services/service-check.ts";
import { answers, FIXTURES } from "../connectors/hive/metastore-stand-in.ts";
import { hiveRows, rowsLikeHive } from "../engines/ingest-hive/transactional.ts";
import { runWhole } from "../engines/lake.ts";
import { type ForeignMetastore, type HiveVersion, hiveClient, startForeignMetastore } from "./metastores.ts";

const NEEDS_HIVE_4 = /The Hive Metastore is of Hive 4, and Spark asks it by the client of an older Hive/;
const LAKE_NEEDS_ANOTHER = /Iceberg can't keep tables in a metastore of Hive 4/;

interface Place {
  folder: string;
  metastore: ForeignMetastore;
  settings: Partial<Settings>;
  session: Session;
}

test("with a metastore 3.1.3 Spark's own client ingests, migrates, and reads what is transactional as Hive does", {
  timeout: 900_000,
}, async t => {
  const { session, settings, metastore } = await place(t, "3.1.3", () => ({}));
  assert.equal(await versionOf(metastore), "3");
  await makeTables(session);
  const found = await runWhole("ingest-hive", { database: "awkward", tables: "*" }, { settings });
  assert.deepEqual(endsOf(found), ALL_EQUAL);
  assert.deepEqual(await rowsOf(session, "lake.awkward_iceberg.parts"), PARTS);
  t.after(async () => {
    for (const table of ["parts", "mixedcase"])
      await session.command(`drop table if exists azure.awkward_iceberg.${table} purge`).catch(() => undefined);
  });
  const migrated = await runWhole(
    "migrate-iceberg",
    { namespace: "awkward_iceberg", tables: ["parts", "mixedcase"] },
    { settings },
  );
  assert.deepEqual(endsOf(migrated), { mixedcase: "succeeded equal", parts: "succeeded equal" });
  const { hive, lake } = await check(settings);
  assert.match(hive, /^succeeded: Hive 3, 3 databases/);
  assert.match(lake, /^succeeded/);

  const [changes, plain] = [answers.tables.plain_changes, answers.tables.source];
  assert.ok(changes && plain);
  await session.command("create database acid");
  for (const [name, answer] of Object.entries({ plain_changes: changes, source: plain })) {
    const columns = answer.columns.map(([column, type]) => `${column} ${type}`).join(", ");
    await session.command(
      `create table acid.${name} (${columns}) stored as orc tblproperties ('transactional' = 'true')`,
    );
    const location = join(metastore.warehouse, "acid.db", name);
    cpSync(join(FIXTURES, answer.location), location, { recursive: true });
    await allocateWrites(metastore.uri, name, answer.writeIds.high);
  }
  const [row] = await session.query("select count(*) as n from acid.plain_changes");
  assert.equal(Number(row?.n), 0, "Spark itself reads no row, and says nothing");
  await session.command("create view acid.over as select * from acid.plain_changes");
  const acid = await runWhole("ingest-hive", { database: "acid", tables: "*" }, { settings });
  assert.deepEqual(endsOf(acid), {
    over: "skipped",
    plain_changes: "succeeded equal",
    source: "succeeded equal",
  });
  assert.match(acid.get("over")?.error?.message ?? "", /plain_changes is transactional/);
  for (const [name, answer] of Object.entries({ plain_changes: changes, source: plain }))
    assert.deepEqual(await rowsLikeHive(session, `lake.acid_iceberg.${name}`, answer), hiveRows(answer), name);
});

test("a metastore 4.0.1 is refused by an older client, by the check and by jobs with one sentence", {
  timeout: 600_000,
}, async t => {
  const { settings, metastore } = await place(t, "4.0.1", () => ({}));
  assert.equal(await versionOf(metastore), "4.0.1");
  await makePlain(metastore);
  const { hive, lake } = await check(settings);
  assert.match(hive, NEEDS_HIVE_4);
  assert.match(hive, /spark\.sql\.hive\.metastore\.version 4\.0\.1.*SPARK_CONF_FILE/);
  assert.match(lake, LAKE_NEEDS_ANOTHER);
  assert.match(lake, /catalogs\.json/);
  for (const tables of ["*", ["plain"]] as const) {
    const found = await runWhole("ingest-hive", { database: "default", tables, to: "azure" }, { settings });
    assert.deepEqual(endsOf(found), { plain: "failed" });
    const { message, hint } = found.get("plain")?.error ?? {};
    assert.equal(`failed: ${message} ${hint}`, hive);
  }
});

test("a metastore 4.0.1 and its own client: tables are ingested into a catalog that is none of Hive, and nothing is read as empty", {
  timeout: 900_000,
}, async t => {
  const { session, settings } = await place(t, "4.0.1", hiveClient);
  await makeTables(session);
  const { hive, lake } = await check(settings);
  assert.match(hive, /^succeeded: Hive 4\.0\.1, 2 databases/);
  assert.match(lake, LAKE_NEEDS_ANOTHER);
  t.after(async () => {
    for (const table of ["parts", "plain", "mixedcase", "view_of_plain", "lines"])
      await session.command(`drop table if exists azure.awkward_iceberg.${table}`).catch(() => undefined);
  });
  const found = await runWhole("ingest-hive", { database: "awkward", tables: "*", to: "azure" }, { settings });
  assert.deepEqual(endsOf(found), ALL_EQUAL);
  assert.deepEqual(await rowsOf(session, "azure.awkward_iceberg.parts"), PARTS);
  const refused = await runWhole("ingest-hive", { database: "awkward", tables: ["plain"] }, { settings });
  assert.deepEqual(endsOf(refused), { plain: "failed" });
  assert.match(refused.get("plain")?.error?.message ?? "", LAKE_NEEDS_ANOTHER);
});

const ALL_EQUAL = {
  lines: "succeeded equal",
  mixedcase: "succeeded equal",
  parts: "succeeded equal",
  plain: "succeeded equal",
  view_of_plain: "succeeded equal",
};
const PARTS = ["1 a b/c=d% 1", "2 null null", "3 ä 2"];

async function makeTables(session: Session): Promise<void> {
  for (const sql of [
    "create database awkward",
    "create table awkward.plain stored as parquet as select id, id % 7 as g, cast(id as decimal(20,3)) as d from range(1000)",
    "create table awkward.parts (id int) partitioned by (p string, n int) stored as orc",
    "insert into awkward.parts partition (p='a b/c=d%', n=1) values (1)",
    "insert into awkward.parts partition (p, n) select 2, cast(null as string), cast(null as int)",
    "insert into awkward.parts partition (p='ä', n=2) values (3)",
    "create table awkward.MixedCase (Id int, UserName string) stored as parquet",
    "insert into awkward.MixedCase values (1, 'Ada'), (2, null)",
    "create table awkward.lines (id int, v string) row format delimited fields terminated by '|' stored as textfile",
    "insert into awkward.lines values (1, 'one'), (2, null)",
    "create view awkward.view_of_plain as select g, count(*) as n from awkward.plain group by g",
  ])
    await session.command(sql);
}

async function rowsOf(session: Session, table: string): Promise<string[]> {
  const rows = await session.query(`select id, p, n from ${table}`);
  return rows.map(({ id, p, n }) => `${id} ${p} ${n}`).toSorted();
}

function endsOf(found: ReadonlyMap<string, Outcome>): Record<string, string> {
  const ends = [...found].map(([table, { outcome, proof }]) => [
    table,
    proof ? `${outcome} ${proof.verdict}` : outcome,
  ]);
  return Object.fromEntries(ends.toSorted());
}

/** What the doctor and the check of services say of the two. */
async function check(settings: Partial<Settings>): Promise<{ hive: string; lake: string }> {
  const all = { ...readSettings(), ...settings };
  const open: Session[] = [];
  const checks = serviceChecks(all, async () => {
    const session = await openTableSession(all);
    open.push(session);
    return session;
  });
  const said = async (name: string) => {
    const found = await runCheck(checks.find(one => one.name === name) ?? assert.fail(name), undefined, 300_000);
    return found.outcome === "succeeded"
      ? `succeeded: ${found.notes.join(", ")}`
      : `${found.outcome}: ${found.error.message} ${found.error.hint}`;
  };
  try {
    return { hive: await said("metastore"), lake: await said("catalog lake") };
  } finally {
    for (const session of open) session.close();
  }
}

async function versionOf({ uri }: ForeignMetastore): Promise<string> {
  const metastore = await openMetastore({ HIVE_METASTORE_URI: uri });
  try {
    return await metastore.version();
  } finally {
    metastore.close();
  }
}

/** A metastore, and a Spark of the worker's kind before it; `conf` are lines of SPARK_CONF_FILE. */
async function place(
  t: TestContext,
  version: HiveVersion,
  conf: (version: HiveVersion, metastore: ForeignMetastore, sparkHome: string) => Record<string, string>,
): Promise<Place> {
  const folder = mkdtempSync(join(tmpdir(), "portal-metastore-"));
  const ends: (() => Promise<void>)[] = [];
  t.after(async () => {
    for (const end of ends.reverse()) await end();
    rmSync(folder, { recursive: true, force: true });
  });
  const metastore = await startForeignMetastore(version, folder);
  ends.push(() => metastore.stop());
  const installed = await findInstalled(readSettings());
  const server = await startConnectServer({
    ...{ ...installed, master: "local[2]", logFile: join(folder, "spark.log") },
    env: { PATH: process.env.PATH, HOME: folder },
    conf: {
      ...SERVER_CONF,
      ...secretPlaceholders(),
      "spark.hadoop.hive.metastore.uris": metastore.uri,
      "spark.sql.warehouse.dir": metastore.warehouse,
      "spark.ui.enabled": "false",
      "spark.driver.memory": "1g",
      "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
      "spark.sql.shuffle.partitions": "2",
      "spark.hadoop.hive.exec.dynamic.partition.mode": "nonstrict",
      ...(version === "4.0.1" && { "spark.hadoop.iceberg.engine.hive.lock-enabled": "false" }),
      ...conf(version, metastore, installed.sparkHome),
    },
  });
  ends.push(() => server.stop());
  const settings = {
    SPARK_REMOTE: server.url,
    HIVE_METASTORE_URI: metastore.uri,
    LAKE_WAREHOUSE: `file:${join(folder, "lake")}`,
    AZURE_CATALOG_URI: `jdbc:sqlite:${join(folder, "azure.db")}`,
  };
  const session = await openTableSession({ ...readSettings(), ...settings });
  ends.push(async () => session.close());
  await attachCatalogs(session, { ...readSettings(), ...settings }, [
    "hive",
    "azure",
    ...(version === "3.1.3" ? ["lake"] : []),
  ]);
  return { folder, metastore, settings, session };
}

/** A table of text, by the metastore's own call. */
async function makePlain({ uri, warehouse }: ForeignMetastore): Promise<void> {
  const client = await openThrift(uri);
  const text = (value: string): Sent => ["string", value];
  const serde: Fields = { 2: text("org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe"), 3: ["map", {}] };
  const storage: Fields = {
    1: ["list", [["struct", { 1: text("id"), 2: text("int") }]]],
    2: text(`file:${join(warehouse, "plain")}`),
    3: text("org.apache.hadoop.mapred.TextInputFormat"),
    4: text("org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat"),
    ...{ 6: ["i32", -1], 7: ["struct", serde], 8: ["list", []], 9: ["list", []], 10: ["map", {}] },
  };
  const table: Fields = {
    ...{ 1: text("plain"), 2: text("default"), 3: text("test"), 7: ["struct", storage], 8: ["list", []] },
    ...{ 9: ["map", {}], 12: text("MANAGED_TABLE") },
  };
  await client.call("create_table", { 1: ["struct", table] });
  client.close();
}

/** As many writes to a table as a Hive has made, all of them committed. */
async function allocateWrites(uri: string, table: string, writes: number): Promise<void> {
  const client = await openThrift(uri);
  const text = (value: string): Sent => ["string", value];
  for (let i = 0; i < writes; i++) {
    const opened = await client.call("open_txns", {
      1: ["struct", { 1: ["i32", 1], 2: text("test"), 3: text("localhost") }],
    });
    const [id = 0] = opened.struct(0)?.numbers(1) ?? [];
    const own: Sent = ["i64", BigInt(id)];
    await client.call("allocate_table_write_ids", {
      1: ["struct", { 1: text("acid"), 2: text(table), 3: ["list", [own]] }],
    });
    await client.call("commit_txn", { 1: ["struct", { 1: own }] });
  }
  client.close();
}
