import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { newId } from "../../../core/jobs/id.ts";
import { layoutOf } from "../../../core/store/layout.ts";
import { loadCsv } from "../../../engines/load-csv/parameters.ts";
import { csvWorld } from "../csv.ts";

test("bad records are left out and kept with line and reason, or nothing is written", async t => {
  const { settings, namespace, put, run, rows } = await csvWorld(t);
  const table = `lake.${namespace}.goods`;
  put("goods.csv", 'sku,price\na,1.50\n\nb,"no\nprice"\nc\na,2.50\n,3\n');
  const parameters = {
    file: "goods.csv",
    table,
    key: "sku",
    columns: [{ name: "sku" }, { name: "price", type: "decimal(10,2)" }],
  };
  const kept = (id: string) => readFileSync(join(layoutOf(settings.DATA_DIR).logs, `${id}.bad.csv`), "utf8");

  const strict = await run("load-csv", { ...parameters, badRecords: "fail" });
  assert.equal(strict.exitCode, 1);
  assert.match(strict.error?.message ?? "", /^3 of 5 records can't be taken.*nothing was written/);
  assert.deepEqual(await rows(`show tables in lake.${namespace}`), []);

  const loaded = await run("load-csv", parameters);
  assert.equal(loaded.exitCode, 0, loaded.error?.message);
  assert.deepEqual(await rows(`select * from ${table}`), [{ sku: "a", price: "2.50" }]);
  assert.equal(
    kept(loaded.id),
    [
      "line,record,reason,text",
      '4,2,"price: ""no\nprice"" is no decimal(10,2)","b,""no\nprice"""',
      '6,3,"1 field, expected 2",c',
      '8,5,sku: it is empty,",3"',
      "",
    ].join("\r\n"),
  );

  const first = await run("load-csv", { ...parameters, onDuplicate: "first" });
  assert.equal(first.outcomes[0]?.figures?.changed, "1");
  assert.deepEqual(await rows(`select * from ${table}`), [{ sku: "a", price: "1.50" }]);
  put("goods.csv", "sku,price\na,7\na,8\nd,9\n");
  const reject = await run("load-csv", { ...parameters, onDuplicate: "reject" });
  assert.equal(reject.outcomes[0]?.figures?.rejected, "2");
  assert.deepEqual(await rows(`select * from ${table} order by sku`), [
    { sku: "a", price: "1.50" },
    { sku: "d", price: "9.00" },
  ]);
});

test("what can't be loaded is refused in a sentence, and nothing is written", async t => {
  const { namespace, put, run, rows } = await csvWorld(t);
  const table = `lake.${namespace}.t`;
  const why = async (content: string | Buffer, more: Record<string, unknown> = {}) => {
    put("file.csv", content);
    const ended = await run("load-csv", { file: "file.csv", table, key: "k", ...more });
    assert.notEqual(ended.exitCode, 0);
    return ended.error?.message ?? "";
  };
  assert.match(await why(""), /The file is empty/);
  assert.match(await why(Buffer.from([1, 0, 2])), /no text/);
  assert.match(
    await why(Buffer.from("k,v\né,1\n", "latin1"), { format: { encoding: "UTF-8" } }),
    /Byte E9 in line 2 is no UTF-8.*Windows-1252/,
  );
  assert.match(
    await why("skuu,v\n1,2\n", { key: "sku" }),
    /no key "sku" in the file; it has skuu, v\. Is "skuu" meant/,
  );
  assert.match(await why("k,v\n1,2\n", { columns: [{ name: "k" }, { name: "w" }] }), /no column "w" in the file/);
  assert.match(await why("k,k\n1,2\n", { format: { header: true } }), /two columns with the name "k"/);
  assert.match(await why("k,v\n"), /a header and no record below it/);
  assert.match(await why("1,2\n3,4\n"), /first line was taken for data \(1,2\).*"header": true/);
  assert.match(await why("k,v\n,2\n"), /None of the 1 records/);
  assert.match(
    await why("k,v\n1,2\n", { file: "/etc/passwd" }),
    /There is no file \/etc\/passwd that may be read here: upload it/,
  );
  assert.match(await why("k,v\n1,2\n", { file: "../file.csv" }), /no uploaded file/);
  assert.deepEqual(await rows(`show tables in lake.${namespace}`).catch(() => []), []);
});

test("a load that is cancelled at any point leaves the table as it was, and runs again", async t => {
  const { session, namespace, put, run, rows } = await csvWorld(t);
  const table = `lake.${namespace}.t`;
  const parameters = { file: "file.csv", table, key: "k", counts: [{ by: "v", into: "c" }] };
  put("file.csv", "k,v\n1,a\n2,a\n3,b\n");
  const left = async () => [
    ...(await rows(`show tables in lake.${namespace} like 'portal_*'`)),
    ...(await rows(`select name from ${table}.refs where name <> 'main'`).catch(() => [])),
  ];
  for (const step of ["read", "write", "prove"]) {
    const stop = new AbortController();
    const cut = await run("load-csv", parameters, {
      signal: stop.signal,
      onEvent: event => event.event === "progress" && event.step === step && stop.abort(),
    });
    assert.equal(cut.exitCode, 130, `stopped at ${step}: ${cut.error?.message}`);
    assert.deepEqual(await rows(`select * from ${table}`).catch(() => []), []);
    assert.deepEqual(await left(), []);
  }
  const id = newId("load-csv");
  // What an engine that was killed leaves behind.
  await session.command(`create namespace if not exists lake.${namespace}`);
  await session.command(`create table lake.${namespace}.portal_stage_t using iceberg as select 1 as x`);
  await session.command(`create table ${table} (k string not null, v string) using iceberg`);
  await session.command(`alter table ${table} create branch portal_${id.replaceAll("-", "_")}_0123abcd`);
  const planned = [{ table: "file.csv", target: table, action: "create" }];
  const again = await run("load-csv", parameters, { id, planned });
  assert.equal(again.exitCode, 0, again.error?.message);
  assert.deepEqual(await rows(`select * from lake.${namespace}.c order by v`), [
    { v: "a", rows: "2" },
    { v: "b", rows: "1" },
  ]);
  assert.deepEqual(await left(), []);
});

test("loads into one table wait for each other, those into others do not", () => {
  const writes = (table: string, into?: string) =>
    loadCsv.writes(
      loadCsv.shape.parse({ file: "f", table, key: "k", ...(into && { counts: [{ by: "v", into }] }) }) as never,
      {} as never,
    );
  assert.deepEqual(writes("shop.t", "c"), ["lake.shop.t", "lake.shop.c"]);
  assert.deepEqual(writes("lake.shop.u"), ["lake.shop.u"]);
});
