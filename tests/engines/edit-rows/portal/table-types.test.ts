import assert from "node:assert/strict";
import { test } from "node:test";
import { isRaw } from "../../../../connectors/spark/describe-error.ts";
import { tablesOpened } from "./tables-opened.ts";

/** A column of every type: how it is declared, a value, how it is shown, what is typed over it, and what stands there then. */
const TYPES: readonly [name: string, type: string, value: string, shown: string, typed?: string, after?: string][] = [
  ["b", "boolean", "true", "true", "false"],
  ["i", "int", "-5", "-5", "2147483647"],
  ["l", "bigint", "9007199254740993", "9007199254740993", "-9223372036854775808"],
  ["f", "float", "float('1.5')", "1.5", "3.4028235E38"],
  ["d", "double", "double('0.1')", "0.1", "NaN"],
  [
    "dec",
    "decimal(38,18)",
    "0.000000000000000001",
    "0.000000000000000001",
    "12345678901234567890.5",
    "12345678901234567890.500000000000000000",
  ],
  ["day", "date", "date'2026-11-29'", "2026-11-29", "0001-01-01"],
  [
    "at",
    "timestamp",
    "timestamp'2026-11-29 10:00:00.123456'",
    "2026-11-29 10:00:00.123456",
    "2026-11-29 12:00:00+02:00",
    "2026-11-29 10:00:00",
  ],
  ["clock", "timestamp_ntz", "timestamp_ntz'2026-11-29 10:00:00'", "2026-11-29 10:00:00", "1969-12-31 23:59:59.999999"],
  ["bytes", "binary", "x'00ff'", "00ff", "0xDEADBEEF", "deadbeef"],
  ["st", "struct<a:int,b:string>", "named_struct('a', 1, 'b', null)", '{"a":1,"b":null}'],
  ["arr", "array<int>", "array(1, null)", "[1,null]"],
  ["m", "map<string,int>", "map('x', 1)", '{"x":1}'],
  [
    "deep",
    "array<struct<k:map<string,array<decimal(5,2)>>,t:timestamp>>",
    "array(named_struct('k', map('a', array(1.50)), 't', timestamp'2026-01-01 00:00:00.000001'))",
    '[{"k":{"a":[1.50]},"t":"2026-01-01 00:00:00.000001"}]',
  ],
  ['`odd name."<b>`', "string", "'text'", "text", "other"],
];

test("a table with every type is browsed, paged, sorted by each column and searched, and each value edited or told why not", async t => {
  const { session, namespace, world, portal, look } = await tablesOpened(t);
  const table = `lake.${namespace}.every`;
  await session.command(
    `create table ${table} (k string not null, ${TYPES.map(([name, type]) => `${name} ${type}`).join(", ")}) using iceberg tblproperties ('portal.key' = 'k')`,
  );
  const values = TYPES.map(([, , value]) => value).join(", ");
  await session.command(`insert into ${table} select 'one', ${values}`);
  await session.command(
    `insert into ${table} select concat('n', id), ${TYPES.map(() => "null").join(", ")} from range(60)`,
  );

  const path = `/tables/lake/${namespace}/every`;
  const first = await look(path);
  assert.equal(first.status, 200, first.text);
  const second = await look(`${path}?from=50`);
  assert.match(second.text, /51 to 61/);
  for (const [name, , , shown] of TYPES) {
    const column = name.replaceAll("`", "");
    for (const order of ["asc", "desc"]) {
      const sorted = await look(`${path}?${new URLSearchParams({ sort: column, order })}`);
      assert.equal(sorted.status, 200, `${column}: ${sorted.text.slice(0, 300)}`);
      if (order === "desc") assert.ok(sorted.text.includes(`one`), `${column}: the one that is not null comes first`);
    }
    const found = await look(`${path}?${new URLSearchParams({ text: shown })}`);
    assert.ok(found.text.includes(shown), `${column}: ${shown} is found and shown: ${found.text.slice(-600)}`);
  }

  const form = await portal.get(`${path}/row?key=one`);
  for (const why of ["struct", "array", "map"])
    assert.match(form.text, new RegExp(`An? ${why} is shown as JSON and can't be edited here`));
  const action = /action="([^"]*\/row\?key=[^"]*)"/.exec(form.body)?.[1]?.replaceAll("&amp;", "&") ?? "";
  const typed = Object.fromEntries(
    TYPES.map(([name, , , shown, other = shown]) => [`set.${name.replaceAll("`", "")}`, other]),
  );
  const sent = await portal.post(action, typed);
  assert.equal(sent.status, 303, sent.text);
  const saved = await world.until("the edit", async () => {
    const reply = await portal.get(sent.location ?? "");
    return !reply.body.includes('aria-busy="true"') && reply;
  });
  assert.equal(saved.status, 303, saved.text);
  const api = await portal.get(`/api${path}/rows/one`);
  const { row } = JSON.parse(api.body) as { row: Record<string, string> };
  for (const [name, , , shown, other, after = other ?? shown] of TYPES)
    assert.equal(row[name.replaceAll("`", "")], after, name);

  // Sent back whole, as programs do: nothing of it is a change, whatever its type.
  const put = await fetch(`${portal.url}/api${path}/rows/one`, {
    method: "PUT",
    headers: {
      cookie: portal.cookieOf("operator"),
      "sec-fetch-site": "same-origin",
      "content-type": "application/json",
    },
    body: JSON.stringify({ set: row, was: row }),
  });
  assert.deepEqual(((await put.json()) as { notes: string[] }).notes, ["the row has these values already"]);
});

test("a table of Hive has a page with its rows and its description, and no page shows Spark's own words", async t => {
  const { session, database, namespace, portal, look } = await tablesOpened(t);
  await session.command(
    `create table spark_catalog.${database}.h (n int comment 'how many', m map<string,int>) partitioned by (day string) stored as parquet`,
  );
  await session.command(
    `insert into spark_catalog.${database}.h partition (day = '2026-11-29') select id, map('x', int(id)) from range(60)`,
  );
  await session.command(`create view spark_catalog.${database}.v as select n from spark_catalog.${database}.h`);
  await session.command(`create table spark_catalog.${database}.gone (n int) stored as parquet`);
  await session.command(`create view spark_catalog.${database}.broken as select n from spark_catalog.${database}.gone`);
  await session.command(`drop table spark_catalog.${database}.gone`);
  await session.command(`create table lake.${namespace}.t (n int) using iceberg`);
  const h = `/tables/hive/${database}/h`;
  assert.match((await look(h)).text, /1 to 50 Next/);
  assert.match((await look(`${h}?sort=m`)).text, /\{"x":0\}/);
  assert.match((await look(`${h}?text=59`)).text, /59 \{"x":59\} 2026-11-29/);
  assert.match((await look(`${h}?tab=columns`)).text, /Format Parquet Partitioned by day .* how many/);
  assert.match((await look(`/tables/hive/${database}/v`)).text, /1 to 50/);
  const seen = [
    await look(`/tables/hive/${database}/broken`),
    await look(`/tables/hive/${database}/none`),
    await look(`/tables/hive/none/none`),
    await look(`/tables/lake/none/none`),
    await look(`/tables/hive/${namespace}/t`),
    await look(`/tables/azure/${namespace}/t`),
    await look(`/tables/nowhere/${namespace}/t`),
    await look(`/tables/lake/${namespace}/t?snapshot=12`),
    await look(`/tables/lake/${namespace}/t/row?key=1`),
    await look(`/tables/lake/${encodeURIComponent("a`b'c")}/${encodeURIComponent("x; drop")}`),
  ];
  for (const reply of seen) {
    assert.ok(reply.status >= 400 && reply.status < 504, `${reply.status} ${reply.text}`);
    assert.equal(isRaw(reply.text), false, reply.text);
    assert.doesNotMatch(reply.text, /Something went wrong in the portal/);
  }
  assert.match(seen[0]?.text ?? "", new RegExp(`There is no table or view hive\\.${database}\\.gone`));
  // Whoever may not see rows sees what the table is.
  const viewer = await fetch(`${portal.url}${h}`, { headers: { cookie: portal.cookieOf("viewer") } });
  assert.match(await viewer.text(), /how many/);
});
