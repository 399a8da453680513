import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, test } from "node:test";
import { openSnowflake, type Snowflake } from "../../connectors/snowflake/connect.ts";
import type { SnowflakeError } from "../../connectors/snowflake/errors.ts";
import { login, noStandIn, type StandIn, startStandIn } from "../connectors/snowflake/stand-in.ts";

const standIn = noStandIn ? ({} as StandIn) : await startStandIn({ after }, undefined, { holdMilliseconds: 100 });
if (!noStandIn) {
  const first = await openSnowflake(standIn.address);
  await first.run("CREATE DATABASE IF NOT EXISTS portal");
  await first.close();
}
const snowflake = noStandIn ? ({} as Snowflake) : await login({ after }, standIn.address);

test("values of every type come back as the same text", { skip: noStandIn }, async () => {
  const [row] = await snowflake.run(`SELECT 9007199254740993::NUMBER(19,0) AS BIG, 1.50::NUMBER(10,2) AS MONEY,
    TRUE AS YES, NULL AS NOTHING, 'it''s' AS QUOTED, '{"a":1}'::VARIANT AS JSON, 0.1::FLOAT AS REAL,
    TO_VARCHAR('1969-12-31 23:59:59.5'::TIMESTAMP_NTZ, 'YYYY-MM-DD HH24:MI:SS.FF6') AS BEFORE_1970`);
  assert.deepEqual(row, {
    BIG: "9007199254740993",
    MONEY: "1.50",
    YES: "TRUE",
    NOTHING: null,
    QUOTED: "it's",
    JSON: '{"a":1}',
    REAL: "0.1",
    BEFORE_1970: "1969-12-31 23:59:59.500000",
  });
});

test("bound values arrive as they are, null among them", { skip: noStandIn }, async () => {
  const text = "a ? :1 'quoted' \"\\ üö\u{1f600}";
  const [row] = await snowflake.run("SELECT ?::VARCHAR AS A, ?::NUMBER(5,2) AS B, ?::VARCHAR AS C", [
    text,
    "1.25",
    null,
  ]);
  assert.deepEqual(row, { A: text, B: "1.25", C: null });
});

for (const statement of [
  "GRANT ROLE a TO USER b",
  "CALL something()",
  "COPY INTO t FROM @stage",
  "CREATE STREAM s ON TABLE t",
  "ATTACH 'x.db'",
  "SET threads = 1",
  "SHOW GRANTS",
  "CREATE ICEBERG TABLE t EXTERNAL_VOLUME = 'v' CATALOG = 'SNOWFLAKE' BASE_LOCATION = 'x'",
  "selct 1",
]) {
  test(`${statement} is refused with a sentence`, { skip: noStandIn }, async () => {
    await assert.rejects(snowflake.run(statement), (error: SnowflakeError) => {
      assert.equal(error.code, "000002");
      assert.equal(error.sqlState, "0A000");
      assert.match(error.message, /Local Snowflake stand-in: unsupported statement or feature: \S/);
      return true;
    });
  });
}

test("two statements in one text are refused", { skip: noStandIn }, async () => {
  await assert.rejects(snowflake.run("SELECT 1 AS A; SELECT 2 AS B"), { code: "000008" });
});

test("a table that is not there has Snowflake's code", { skip: noStandIn }, async () => {
  await assert.rejects(snowflake.run("SELECT * FROM portal.public.nothing"), { code: "002003", sqlState: "42S02" });
});

test("no file of this machine can be read or written", { skip: noStandIn }, async t => {
  const file = join(standIn.folder, "secret.csv");
  writeFileSync(file, "a\n1\n");
  for (const source of [`read_csv('${file}')`, `read_text('${file}')`, `'${file}'`, "read_text('/etc/hostname')"])
    await assert.rejects(snowflake.run(`SELECT * FROM ${source}`), /disabled by configuration|does not exist/, source);
  await assert.rejects(snowflake.run("SELECT * FROM read_csv('http://127.0.0.1:1/x.csv')"));
  t.diagnostic("read_csv, read_text, a bare path and http were refused");
});

test("the account key stays out of every answer", { skip: noStandIn }, async () => {
  const rows = await snowflake.run("SELECT * FROM duckdb_secrets()");
  assert.equal(rows.length, 1);
  assert.doesNotMatch(JSON.stringify(rows), /bm8ga2V5/);
});

test("a statement that takes long is asked for again until it ends", { skip: noStandIn }, async () => {
  const [row] = await snowflake.run(
    "SELECT COUNT(*) AS N FROM range(10000) a, range(10000) b WHERE (a.range * b.range) % 7 = 3",
  );
  assert.match(row?.N ?? "", /^\d{7,}$/);
});

test("a cancelled statement ends, and the session goes on", { skip: noStandIn }, async () => {
  const control = new AbortController();
  const running = snowflake.run(
    "SELECT COUNT(*) AS N FROM range(10000000) a, range(10000000) b WHERE (a.range + b.range) % 7 = 3",
    [],
    {
      signal: control.signal,
    },
  );
  setTimeout(() => control.abort(), 300);
  await assert.rejects(running, { code: "000604", sqlState: "57014" });
  assert.deepEqual(await snowflake.run("SELECT 1 AS ONE"), [{ ONE: "1" }]);
});

test("a result without end is refused with the way out", { skip: noStandIn }, async () => {
  await assert.rejects(snowflake.run("SELECT * FROM range(100000000)"), /LIMIT/);
});

test("the same request twice is one run", { skip: noStandIn }, async () => {
  await snowflake.run("CREATE TABLE once_only (ID NUMBER(5,0))");
  const login = await fetch(`${standIn.address.url}/session/v1/login-request?databaseName=PORTAL`, {
    method: "POST",
    body: JSON.stringify({ data: { LOGIN_NAME: "portal", PASSWORD: standIn.address.password } }),
  });
  const { token } = ((await login.json()) as { data: { token: string } }).data;
  for (let i = 0; i < 2; i++)
    await fetch(`${standIn.address.url}/queries/v1/query-request?requestId=the-same`, {
      method: "POST",
      headers: { authorization: `Snowflake Token="${token}"` },
      body: JSON.stringify({ sqlText: "INSERT INTO once_only VALUES (1)" }),
    });
  assert.deepEqual(await snowflake.run("SELECT COUNT(*) AS N FROM once_only"), [{ N: "1" }]);
});

test("databases, schemas and rows are there again after a restart", { skip: noStandIn }, async t => {
  const first = await startStandIn(t);
  const before = await login(t, first.address);
  await before.run("CREATE DATABASE portal");
  await before.run("CREATE SCHEMA portal.kept");
  await before.run("CREATE TABLE portal.kept.rows_of_mine (ID NUMBER(10,0), NAME STRING)");
  await before.run("INSERT INTO portal.kept.rows_of_mine VALUES (1, 'one'), (2, 'two')");
  await before.close();
  await first.stop();
  const second = await startStandIn(t, undefined, { folder: first.folder });
  const later = await login(t, { ...second.address, schema: "kept" });
  assert.deepEqual(await later.run("SELECT NAME FROM rows_of_mine ORDER BY ID"), [{ NAME: "one" }, { NAME: "two" }]);
  await assert.rejects(later.run("CREATE DATABASE portal"), { code: "002002" });
});
