import assert from "node:assert/strict";
import { test } from "node:test";
import { server } from "./server.ts";

const spark = server();

const METRICS = ["count(*) as n", "sum(cast(xxhash64(id, v) as decimal(38,0))) as s", "bit_xor(xxhash64(id, v)) as x"];

test("a copy of a million rows is observed exactly as it is read back", async () => {
  const session = await spark.open();
  await session.command("create table ice.ns.big (id bigint, v string) using iceberg");
  const { observed } = await session.copy({
    into: "insert overwrite ice.ns.big select * from source",
    alias: "source",
    source: "select id, string(id) as v from range(1000000)",
    observe: { name: "proof", metrics: METRICS },
  });
  const [target] = await session.query(`select ${METRICS.join(", ")} from ice.ns.big`);
  assert.equal(observed.n, "1000000");
  assert.deepEqual({ n: String(target?.n), s: target?.s, x: String(target?.x) }, observed);
});

test("figures of no rows are null, not missing", async () => {
  const session = await spark.open();
  await session.command("create table ice.ns.none (id bigint, v string) using iceberg");
  const { observed } = await session.copy({
    into: "insert into ice.ns.none select * from source",
    alias: "source",
    source: "select id, string(id) as v from range(0)",
    observe: { name: "proof", metrics: METRICS },
  });
  assert.deepEqual(observed, { n: "0", s: null, x: null });
});

test("a copy that does not read its source has no figures, and says so", async () => {
  const session = await spark.open();
  await session.command("create table ice.ns.other (a int) using iceberg");
  const copy = session.copy({
    into: "insert into ice.ns.other values (1)",
    alias: "source",
    source: "select 1 as a",
    observe: { name: "proof", metrics: ["count(*) as n"] },
  });
  await assert.rejects(copy, /no figures for the observation "proof": does it read "source"/);
});

test("what a copy's source itself reads is observed too, before anything is done with it", async () => {
  const session = await spark.open();
  await session.command("create table ice.ns.few (id bigint) using iceberg");
  const { observed, below } = await session.copy({
    into: "insert into ice.ns.few select * from source",
    alias: "source",
    source: "select max(id) as id from every where id % 7 <> 0 group by id % 10",
    observe: { name: "few", metrics: ["count(*) as n"] },
    from: {
      alias: "every",
      source: "select id from range(1000)",
      observe: { name: "every", metrics: ["count(*) as n", "count_if(id % 7 = 0) as left"] },
    },
  });
  assert.deepEqual([observed, below], [{ n: "10" }, { n: "1000", left: "143" }]);
});
