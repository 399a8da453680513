// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these texts are what is tested
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { openLine } from "../../../connectors/catalog-browser/line.ts";
import { describeIceberg, placeOf } from "../../../connectors/iceberg/iceberg.ts";
import { quote, sparkLiteral } from "../../../connectors/iceberg/names.ts";
import { openTableSession } from "../../../connectors/iceberg/session.ts";
import { openSession } from "../../../connectors/spark/session.ts";
import { csvWorld } from "../csv.ts";
import { ingest, newDatabase, settings, testSession } from "../lake.ts";

/** Texts that mean something to Spark where they are not taken for what they are. */
const TEXTS = [
  "${env:HOME}",
  "${spark.app.name}",
  "${system:user.home} ${hiveconf:x} $${env:HOME} ${env:${env:HOME}}",
  "it's \"quoted\" `so` and ''so''",
  "C:\\new\\table\\' or '1'='1",
  "\\u0041 \\x41 \\101 \\% \\_ \\\\",
  "a -- comment\n/* and */ another; drop table t",
  "/*${env:HOME}*/ :name ? {0}",
  "ünïcödé \u{1f600}\ttab\r\nline \u0001",
];
const EVERYTHING = TEXTS.join(" ");

test("no session replaces a text by a setting of the server, whatever its configuration file says", async t => {
  const folder = mkdtempSync(join(tmpdir(), "portal-conf-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, "spark.conf");
  writeFileSync(file, "spark.sql.variable.substitute true\nspark.sql.parser.escapedStringLiterals true\n");
  const remote = String(settings.SPARK_REMOTE);
  const configured = { ...settings, SPARK_CONF_FILE: file };
  const sessions = [
    await openSession(remote),
    await openSession(remote, { cloned: true }),
    await openTableSession(configured),
    (await openLine(configured, crypto.randomUUID())).session,
  ];
  for (const session of sessions) {
    t.after(async () => {
      await session.release();
      session.close();
    });
    for (const text of TEXTS) {
      assert.deepEqual(await session.query(`select ${sparkLiteral(text)} as v, 1 as ${quote(text)}`), [
        { v: text, [text]: 1 },
      ]);
      assert.deepEqual(await session.query("select :v as v", { args: { v: text } }), [{ v: text }]);
    }
  }
});

test("a view that Hive made is read for what its text says, also below a view of Spark", async t => {
  const session = await testSession(t);
  const database = await newDatabase(t, session);
  const made = `spark_catalog.${database}`;
  await session.command(`create view ${made}.inside as select '\${env:HOME}' as v, cast('x' as int) as n`);
  await session.command(`create view ${made}.outside as select * from ${made}.inside where v like '%{env:%'`);
  // Hive keeps no settings with a view; somebody who may write there may also pretend that Spark did.
  const kept = ["variable.substitute", "parser.escapedStringLiterals", "ansi.enabled", "session.timeZone"];
  await session.command(
    `alter view ${made}.inside unset tblproperties if exists (${kept.map(key => sparkLiteral(`view.sqlConfig.spark.sql.${key}`)).join(", ")})`,
  );
  await session.command(
    `alter view ${made}.outside set tblproperties ('view.sqlConfig.spark.sql.variable.substitute' = 'true')`,
  );
  for (const view of ["inside", "outside"])
    assert.deepEqual(await session.query(`select v, n from ${made}.${view}`), [{ v: "${env:HOME}", n: null }], view);
  const { outcomes } = await ingest({ database, tables: ["inside", "outside"] });
  const notes = outcomes.get("inside")?.notes?.join("; ") ?? "";
  assert.match(notes, /ANSI mode: what can't be cast is an error there, null here/);
  for (const view of ["inside", "outside"]) {
    assert.equal(outcomes.get(view)?.outcome, "succeeded", outcomes.get(view)?.error?.message);
    assert.deepEqual(await session.query(`select v from lake.${database}_iceberg.${view}`), [{ v: "${env:HOME}" }]);
  }
});

test("comments, values and partitions of a Hive table arrive as they are", async t => {
  const session = await testSession(t);
  const database = await newDatabase(t, session);
  const comment = EVERYTHING.replaceAll(/[\r\u0001]/g, "");
  await session.command(
    `create table spark_catalog.${database}.t (v string comment ${sparkLiteral(comment.slice(0, 200))}, p string) using hive options (fileFormat 'parquet')
     partitioned by (p) comment ${sparkLiteral(comment)}`,
  );
  await session.config.set({ "hive.exec.dynamic.partition.mode": "nonstrict" });
  const rows = TEXTS.map(
    text => `(${sparkLiteral(text)}, ${sparkLiteral(text.replaceAll(/[\r\n\t\u0001\u{1f600}]/gu, ""))})`,
  );
  await session.command(`insert into spark_catalog.${database}.t values ${rows.join(", ")}`);
  const { outcomes } = await ingest({ database, tables: ["t"] });
  assert.equal(outcomes.get("t")?.outcome, "succeeded", outcomes.get("t")?.error?.message);
  const copy = { catalog: "lake", namespace: `${database}_iceberg`, table: "t" };
  const found = await describeIceberg(session, copy);
  const place = await placeOf(session, copy);
  assert.deepEqual([place.comment, found?.columnComments.v], [comment, comment.slice(0, 200)]);
  const read = async (table: string) => (await session.query(`select v, p from ${table} order by v`)).map(String);
  assert.deepEqual(await read(`lake.${database}_iceberg.t`), await read(`spark_catalog.${database}.t`));
});

test("a cell, a key and a person's name are written as they are, and the edit says what became of the row", async t => {
  const { session, namespace, run } = await csvWorld(t);
  await session.command(`create namespace lake.${namespace}`);
  const table = `lake.${namespace}.t`;
  await session.command(`create table ${table} (k string, v string) using iceberg tblproperties ('portal.key' = 'k')`);
  for (const text of TEXTS) {
    const edited = await run("edit-rows", { table, key: { k: text }, set: { v: text } }, { by: "${env:HOME}" });
    assert.equal(edited.exitCode, 0, `${text}: ${edited.error?.message}`);
  }
  const rows = await session.query(`select k, v from ${table}`);
  assert.deepEqual(rows.map(row => row.v).toSorted(), TEXTS.toSorted());
  assert.ok(rows.every(row => row.k === row.v));
  const [by] = await session.query(`select distinct summary['portal.by'] as by from ${table}.snapshots`);
  assert.equal(by?.by, "${env:HOME}");

  const refused = await run("edit-rows", { table, key: { k: "x" }, set: { nope: "1" } });
  assert.equal(refused.error?.hint, "Nothing was changed.");
  let written = 0;
  const wrap = (on: typeof session): typeof session => ({
    ...on,
    // Somebody else is faster between the write and the look at it.
    async query(sql, options) {
      if (written === 1 && /version as of/.test(sql)) {
        written++;
        return [];
      }
      return await on.query(sql, options);
    },
    async command(sql, options) {
      const answer = await on.command(sql, options);
      if (sql.startsWith("merge")) written++;
      return answer;
    },
  });
  const other = await run("edit-rows", { table, key: { k: "y" }, set: { v: "1" } }, { wrap });
  assert.match(other.error?.message ?? "", /does not have the row as it was written/);
  assert.equal(other.error?.hint, "The row was changed all the same: look at it before you go on.");
});

test("names of columns and values of a file are loaded as they are, with a key and counts of such a name", async t => {
  const { session, namespace, put, run } = await csvWorld(t);
  const names = TEXTS.filter(text => !/[\r\n\u0001\t]/.test(text)).map(text => text.slice(0, 60));
  const cell = (text: string) => `"${text.replaceAll('"', '""')}"`;
  put("hostile.csv", `${names.map(cell).join(",")}\n${names.map(name => cell(`${name}!`)).join(",")}\n`);
  const parameters = {
    file: "hostile.csv",
    table: `lake.${namespace}.t`,
    key: names[0],
    counts: [{ by: names[1], into: "counted" }],
  };
  const loaded = await run("load-csv", parameters);
  assert.equal(loaded.exitCode, 0, JSON.stringify(loaded.outcomes.map(outcome => outcome.error)));
  const [row] = await session.query(`select * from lake.${namespace}.t`);
  assert.deepEqual(row, Object.fromEntries(names.map(name => [name, `${name}!`])));
  assert.deepEqual(await session.query(`select ${quote(names[1] ?? "")} as v from lake.${namespace}.counted`), [
    { v: `${names[1]}!` },
  ]);
});
