import assert from "node:assert/strict";
import { test } from "node:test";
import { moveInDatabase } from "../../../connectors/iceberg/history/database.ts";
import { switchInCatalog, switchTable } from "../../../connectors/iceberg/history/switch.ts";
import { metadataLog } from "../../../connectors/iceberg/iceberg.ts";
import type { TableName } from "../../../connectors/iceberg/names.ts";
import type { Session } from "../../../connectors/spark/session.ts";
import { newNamespace } from "../../engines/iceberg-lake.ts";
import { settings, testSession } from "../../engines/lake.ts";
import { hasPostgres, startPostgres } from "./postgres.ts";
import { startRestCatalog } from "./rest-catalog.ts";

for (const [catalog, by] of [
  ["lake", "the Hive Metastore"],
  ["azure", "the catalog's database"],
] as const)
  test(`${by} moves a table only from the metadata file that is expected`, async t => {
    const { session, namespace } = await newNamespace(t);
    const name = { catalog, namespace, table: "t" };
    const { now, before, count, sql, table } = await twoStates(session, name);
    assert.equal(await switchTable(session, settings, name, { from: before, to: before }), "overtaken");
    assert.equal(await count(), "2");
    assert.equal(await switchTable(session, settings, name, { from: now, to: before }), "at once");
    assert.equal(await count(), "1");
    assert.equal(await switchTable(session, settings, name, { from: now, to: before }), "overtaken");
    // Whoever writes next builds on what the table stands on now.
    await sql(`insert into ${table} values (3)`);
    assert.equal(await count(), "2");
  });

/** A table with two rows in two commits, and the metadata files of both. */
async function twoStates(session: Session, name: TableName) {
  const table = `${name.catalog}.${name.namespace}.${name.table}`;
  const sql = async (...statements: string[]) => {
    for (const statement of statements) await session.command(statement);
  };
  const count = async () => String((await session.query(`select count(*) as n from ${table}`))[0]?.n);
  await sql(`create namespace if not exists ${name.catalog}.${name.namespace}`);
  await sql(`create table ${table} (id bigint) using iceberg`);
  await sql(`insert into ${table} values (1)`, `insert into ${table} values (2)`);
  const [newest, older] = await metadataLog(session, name);
  return { now: newest?.file ?? "", before: older?.file ?? "", count, sql, table };
}

test("a REST catalog moves a table in one step by register with overwrite; no reader finds it missing", async t => {
  const session = await testSession(t);
  const { catalog, lines } = await startRestCatalog(t, session, "overwrite");
  const name = { catalog, namespace: "n", table: "t" };
  const { now, before, count, sql, table } = await twoStates(session, name);
  assert.equal(await switchInCatalog(session, lines, name, { from: before, to: before }), "overtaken");
  assert.equal(await count(), "2");
  let isMoving = true;
  const seen = new Set<string>();
  const reader = (async () => {
    while (isMoving) seen.add(await count());
  })();
  for (let moves = 0; moves < 10; moves++) {
    assert.equal(await switchInCatalog(session, lines, name, { from: now, to: before }), "at once");
    assert.equal(await switchInCatalog(session, lines, name, { from: before, to: now }), "at once");
  }
  isMoving = false;
  await reader;
  for (const found of seen) assert.match(found, /^[12]$/);
  assert.equal(await switchInCatalog(session, lines, name, { from: now, to: before }), "at once");
  await sql(`insert into ${table} values (3)`);
  assert.equal(await count(), "2");
  const wrong = switchInCatalog(session, { ...lines, token: "a-wrong-token" }, name, { from: now, to: before });
  await assert.rejects(wrong, (error: Error) => /401/.test(error.message) && !error.message.includes("a-wrong-token"));
});

test("of a REST catalog that can't overwrite, a table is dropped and registered again", async t => {
  const session = await testSession(t);
  const { catalog, lines } = await startRestCatalog(t, session, "plain");
  const name = { catalog, namespace: "n", table: "t" };
  const { now, before, count } = await twoStates(session, name);
  assert.equal(await switchInCatalog(session, lines, name, { from: now, to: before }), "dropped and registered");
  assert.equal(await count(), "1");
  assert.equal(await switchInCatalog(session, lines, name, { from: now, to: before }), "overtaken");
  const nowhere = { from: before, to: before.replace(/[^/]+$/, "00009-nothing.metadata.json") };
  await assert.rejects(switchInCatalog(session, lines, name, nowhere));
  assert.equal(await count(), "1", "what was there is there again");
});

test("a Metastore that asks for Kerberos is moved through Spark's own client, in one step", async t => {
  const { session, namespace } = await newNamespace(t);
  const name = { catalog: "lake", namespace, table: "t" };
  const { now, before, count, sql, table } = await twoStates(session, name);
  const lines = { type: "hive", uri: "thrift://127.0.0.1:1", "hadoop.hive.metastore.sasl.enabled": "true" };
  assert.equal(await switchInCatalog(session, lines, name, { from: before, to: now }), "overtaken");
  assert.equal(await switchInCatalog(session, lines, name, { from: now, to: before }), "at once");
  assert.equal(await count(), "1");
  await sql(`insert into ${table} values (3)`);
  assert.equal(await count(), "2");
  // Where Spark's session catalog is not over the same Metastore it can't help.
  const { now: other, before: older } = await twoStates(session, { ...name, catalog: "azure" });
  const how = await switchInCatalog(session, lines, { ...name, catalog: "azure" }, { from: other, to: older });
  assert.equal(how, "dropped and registered");
});

test("PostgreSQL moves a table only from the metadata file that is expected", { skip: !hasPostgres }, async t => {
  const { sql, database } = await startPostgres(t);
  sql(`create table iceberg_tables (catalog_name varchar, table_namespace varchar, table_name varchar,
    metadata_location varchar, previous_metadata_location varchar)`);
  sql("insert into iceberg_tables values ('azure', 'n', 't', 'm1', null), ('azure', 'n', 'u', 'm1', null)");
  const name = { catalog: "azure", namespace: "n", table: "t" };
  assert.equal(await moveInDatabase(database, name, { from: "m0", to: "m2" }), false);
  assert.equal(await moveInDatabase(database, name, { from: "m1", to: "m2" }), true);
  assert.equal(await moveInDatabase(database, name, { from: "m1", to: "m3" }), false);
  assert.equal(await moveInDatabase(database, { ...name, table: "u" }, { from: "m1", to: "m9" }), true);
});
