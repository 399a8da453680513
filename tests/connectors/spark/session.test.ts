import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import type { SparkError } from "../../../connectors/spark/errors.ts";
import { ddl } from "../../../connectors/spark/protocol/types.ts";
import { server, temporaryFolder } from "./server.ts";

const spark = server();

test("values of every kind come back as their own", async () => {
  const session = await spark.open();
  const [row] = await session.query(`
    select cast(1 as tinyint) a, 2 b, 9007199254740993 c, 1.50bd d, cast(-0.001 as decimal(38,18)) e, 1.5d f, true g,
      'x' h, X'0102' i, null j, date'1969-12-31' k, timestamp'1969-12-31 23:59:59.5' l,
      timestamp_ntz'2024-01-02 03:04:05.123456' m, array(1, null) n, map('k', 1, 'l', null) o,
      named_struct('x y', array(named_struct('z', 2.5bd))) p, cast(null as struct<q: int>) q, map(1, 'one') r`);
  assert.deepEqual(row, {
    ...{ a: 1, b: 2, c: 9007199254740993n, d: "1.50", e: "-0.001000000000000000", f: 1.5, g: true },
    ...{ h: "x", i: Uint8Array.of(1, 2), j: null, k: "1969-12-31", l: "1969-12-31T23:59:59.5Z" },
    ...{ m: "2024-01-02T03:04:05.123456", n: [1, null], o: { k: 1, l: null } },
    ...{ p: { "x y": [{ z: "2.5" }] }, q: null, r: { 1: "one" } },
  });
});

test("rows of many batches come back whole and in order", async () => {
  const session = await spark.open();
  const rows = await session.query(
    "select id, if(id % 3 = 0, null, id) n, array_repeat(id, int(id % 4)) r from range(0, 25000, 1, 3)",
  );
  assert.equal(rows.length, 25000);
  rows.forEach((row, index) => {
    const id = BigInt(index);
    assert.deepEqual(row, { id, n: index % 3 === 0 ? null : id, r: Array.from({ length: index % 4 }, () => id) });
  });
});

test("a type that has no plain value is refused by name", async () => {
  const session = await spark.open();
  await assert.rejects(session.query("select interval '1' day as d"), /cast it to string in the SQL/);
});

test("values are bound to names, in queries and in commands", async () => {
  const session = await spark.open();
  const args = { a: "it's \\ :b", b: 7, c: null };
  assert.deepEqual(await session.query("select :a as a, :b as b, :c as c", { args }), [{ a: args.a, b: 7, c: null }]);
  assert.deepEqual(await session.command("show databases like :a", { args: { a: "defa*" } }), [
    { namespace: "default" },
  ]);
});

test("a command that is a query is not run", async () => {
  const session = await spark.open();
  await assert.rejects(session.command("select raise_error('it ran')"), /was not run: send a SELECT with query/);
});

test("a CALL runs once, and only as a command", async () => {
  const session = await spark.open();
  await session.command("create table ice.ns.calls using iceberg as select 1 as a");
  await session.command("insert into ice.ns.calls values (2)");
  const snapshots = await session.query("select snapshot_id as id from ice.ns.calls.snapshots order by committed_at");
  const [first, second] = snapshots.map(row => row.id);
  const call = `call ice.system.set_current_snapshot('ns.calls', ${first})`;
  await assert.rejects(session.query(` -- sly\n /* very */ ${call}`), /send it with command/);
  await assert.rejects(session.schema(call), /send it with command/);
  const rows = await session.command(call);
  assert.deepEqual(rows, [{ previous_snapshot_id: second, current_snapshot_id: first }]);
  const [history] = await session.query("select count(*) as n from ice.ns.calls.history");
  assert.deepEqual(history, { n: 3n });
});

test("an error has its class, its SQL state and its whole message", async () => {
  const session = await spark.open();
  const name = `t${"x".repeat(3000)}`;
  await assert.rejects(session.query(`select * from ${name}`), (error: SparkError) => {
    assert.deepEqual([error.errorClass, error.sqlState], ["TABLE_OR_VIEW_NOT_FOUND", "42P01"]);
    assert.ok(error.message.includes(`'UnresolvedRelation [${name}]`), "the message is cut");
    return true;
  });
});

test("a failure on the server comes with its causes", async () => {
  const session = await spark.open();
  const file = join(temporaryFolder(), "no.parquet");
  writeFileSync(file, "this is not a Parquet file at all");
  await assert.rejects(session.query(`select a from parquet.\`${file}\``), (error: SparkError) => {
    assert.match(error.serverCause ?? "", /^[\w.]+Exception: .*is not a Parquet file/m);
    return true;
  });
});

test("a failure that the server cannot tell in full says where the rest is", async () => {
  const session = await spark.open();
  const sql = "select reflect('java.lang.Integer', 'parseInt', string(id) || 'x') from range(2)";
  await assert.rejects(
    session.query(sql),
    /InvocationTargetException[\s\S]*the rest is in the log of the Spark server/,
  );
});

test("settings keep odd characters, and what is not set is undefined", async () => {
  const session = await spark.open();
  const odd = { "spark.sql.a-b;c d": "x;y'\"z=\\ é\n`1`" };
  await session.config.set({ ...odd, "spark.sql.shuffle.partitions": "3" });
  assert.deepEqual(await session.config.get([...Object.keys(odd), "spark.sql.shuffle.partitions", "spark.none"]), {
    ...odd,
    "spark.sql.shuffle.partitions": "3",
    "spark.none": undefined,
  });
  await session.config.unset(Object.keys(odd));
  assert.deepEqual(Object.values(await session.config.get(Object.keys(odd))), [undefined]);
});

test("the schema of nested types is known without reading, and casts back to itself", async () => {
  const session = await spark.open();
  const sql = `select cast(null as map<string, array<struct<\`a b\`: bigint, \`c\`\`d\`: decimal(38,0)>>>) as m,
    interval '1' day d, interval '1-2' year to month e, 'x' collate unicode_ci f, timestamp_ntz'2024-01-01' g`;
  const schema = await session.schema(sql);
  const text = ddl(schema);
  assert.equal(
    text,
    "struct<`m`: map<string, array<struct<`a b`: bigint, `c``d`: decimal(38,0)>>>, `d`: interval day, " +
      "`e`: interval year to month, `f`: string collate UNICODE_CI, `g`: timestamp_ntz>",
  );
  const cast = await session.schema(`select cast(null as ${text}) as s`);
  assert.equal(ddl(cast), `struct<\`s\`: ${text}>`);
});
