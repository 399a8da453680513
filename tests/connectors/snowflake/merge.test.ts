import assert from "node:assert/strict";
import { after, test } from "node:test";
import { openSnowflake, type Snowflake } from "../../../connectors/snowflake/connect.ts";
import {
  createTargetStatement,
  type MergeTarget,
  mergeRows,
  mergeStatement,
  missingRows,
} from "../../../connectors/snowflake/merge.ts";
import { login, noStandIn, startStandIn } from "./stand-in.ts";

const standIn = noStandIn ? undefined : await startStandIn({ after });
const database = { CREATED: false };

/** A table of a test's own, and a session to write it with. */
async function target(t: { after(end: () => Promise<void>): void }, table: string) {
  const address = standIn?.address ?? assert.fail("no stand-in");
  if (!database.CREATED) {
    const first = await openSnowflake(address);
    await first.run("CREATE DATABASE IF NOT EXISTS portal");
    await first.close();
    database.CREATED = true;
  }
  const snowflake = await login(t, address);
  const made: MergeTarget = {
    table: { database: "portal", schema: "public", table },
    columns: [
      { name: "job_id", type: "VARCHAR(64)" },
      { name: "table", type: "VARCHAR" },
      { name: "rows", type: "NUMBER(38,0)" },
      { name: "finished_at", type: "TIMESTAMP_TZ" },
    ],
    key: ["job_id", "table"],
  };
  await snowflake.run(createTargetStatement(made));
  const rows = async () => snowflake.run(`SELECT COUNT(*) AS N, SUM("ROWS") AS S FROM portal.public.${table}`);
  return { snowflake, made, rows };
}

const row = (n: number) => [`job-${n}`, `hive.a."b"'${n}`, String(n), "2026-11-23T09:45:12.123Z"] as const;
const many = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => row(from + i));

test("rows come in once, however often they are merged", { skip: noStandIn }, async t => {
  const { snowflake, made, rows } = await target(t, "twice");
  const batches: number[] = [];
  const onBatch = (done: { rows: number }) => void batches.push(done.rows);
  assert.equal(await mergeRows(snowflake, made, many(0, 450), { onBatch }), 450);
  assert.deepEqual(batches, [200, 200, 50]);
  assert.deepEqual(await rows(), [{ N: "450", S: "101025" }]);
  assert.equal(await mergeRows(snowflake, made, many(0, 450)), 0);
  assert.equal(await mergeRows(snowflake, made, many(400, 500)), 50);
  assert.deepEqual(await rows(), [{ N: "500", S: "124750" }]);
});

test("only the rows whose key is not there are missing", { skip: noStandIn }, async t => {
  const { snowflake, made } = await target(t, "missing");
  assert.equal((await missingRows(snowflake, made, many(0, 3))).length, 3);
  await mergeRows(snowflake, made, many(0, 450));
  const otherTable = ["job-7", "hive.a.other", "7", null] as const;
  assert.deepEqual(await missingRows(snowflake, made, [...many(448, 452), otherTable]), [
    ...many(450, 452),
    otherTable,
  ]);
});

test("a key that stands twice in a batch comes in once", { skip: noStandIn }, async t => {
  const { snowflake, made, rows } = await target(t, "doubled");
  assert.equal(await mergeRows(snowflake, made, [row(7), row(7), row(8)]), 2);
  assert.deepEqual(await rows(), [{ N: "2", S: "15" }]);
});

test("an export that was interrupted goes on where it stopped", { skip: noStandIn }, async t => {
  const { snowflake, made, rows } = await target(t, "resumed");
  let statements = 0;
  const failing: Snowflake = {
    ...snowflake,
    run: (...given) => (++statements === 3 ? Promise.reject(new Error("the line broke")) : snowflake.run(...given)),
  };
  await assert.rejects(mergeRows(failing, made, many(0, 900)), /the line broke/);
  assert.deepEqual(await rows(), [{ N: "400", S: "79800" }]);
  assert.equal(await mergeRows(snowflake, made, many(0, 900)), 500);
  assert.deepEqual(await rows(), [{ N: "900", S: "404550" }]);
});

test("a cancelled export stops between batches", { skip: noStandIn }, async t => {
  const { snowflake, made, rows } = await target(t, "stopped");
  const control = new AbortController();
  const merging = mergeRows(snowflake, made, many(0, 600), { signal: control.signal, onBatch: () => control.abort() });
  await assert.rejects(merging, { code: "000604" });
  assert.deepEqual(await rows(), [{ N: "200", S: "19900" }]);
});

test("values with quotes, nothing and other scripts arrive as they are", { skip: noStandIn }, async t => {
  const { snowflake, made } = await target(t, "odd");
  await mergeRows(snowflake, made, [["ü'\"\\?:1", "t", null, null]]);
  const found = await snowflake.run(`SELECT job_id AS ID, "ROWS" AS R, finished_at AS F FROM portal.public.odd`);
  assert.deepEqual(found, [{ ID: "ü'\"\\?:1", R: null, F: null }]);
});

test("one statement stays below Snowflake's limit, however long the values are", { skip: noStandIn }, async t => {
  const { snowflake, made } = await target(t, "wide");
  const long = Array.from({ length: 10 }, (_, i) => [`job-${i}`, "x".repeat(200_000), "1", null]);
  const batches: number[] = [];
  await mergeRows(snowflake, made, long, { onBatch: ({ rows }) => void batches.push(rows) });
  assert.deepEqual(batches, [2, 2, 2, 2, 2]);
});

test("every branch of the statement casts every value", () => {
  const made = {
    table: { database: "d", schema: "s", table: "t" },
    columns: [{ name: "id", type: "VARCHAR" }],
    key: ["id"],
  };
  assert.equal(mergeStatement(made, 2).match(/CAST\(\? AS VARCHAR\) AS id/g)?.length, 2);
  assert.equal(mergeStatement(made, 2).match(/\?/g)?.length, 2);
});
