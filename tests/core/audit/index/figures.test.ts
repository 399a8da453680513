import assert from "node:assert/strict";
import { test } from "node:test";
import { queryCache } from "../../../../core/audit/index/cache.ts";
import { outcome } from "../archive.ts";
import { worldOf } from "./world.ts";

test("a job's row says everything of its record that a list shows", async t => {
  const world = worldOf(t);
  const skipped = outcome("b", { outcome: "skipped", proof: { level: "none", verdict: "not checked" } });
  const failed = outcome("c", {
    outcome: "failed",
    error: { message: "no" },
    proof: { level: "read-back", verdict: "differs" },
  });
  const attempt = { startedAt: "x", finishedAt: "x", exitCode: 1 };
  const record = world.add({
    ...{ note: "n", file: "f.json", parent: "p", retryOf: "r", cancelledBy: "c", error: { message: "e", hint: "h" } },
    ...{ submittedAt: "2026-11-03T09:00:00.000Z", startedAt: "2026-11-03T09:00:01.500Z" },
    ...{
      finishedAt: "2026-11-03T09:01:03.750Z",
      attempts: [
        { attempt: 1, ...attempt },
        { attempt: 1, ...attempt },
      ],
    },
    tables: [outcome("a"), skipped, failed],
  });
  await world.index.reconcile();
  assert.deepEqual(world.index.jobs({}), {
    more: false,
    rows: [
      {
        ...{ id: record.id, type: "ingest-hive", status: "succeeded", via: "command", submittedBy: "ada" },
        ...{ submittedAt: record.submittedAt, startedAt: record.startedAt, finishedAt: record.finishedAt },
        ...{ seconds: 62.25, waitSeconds: 1.5, attempts: 1, tables: 3, succeeded: 1, failed: 1, skipped: 1 },
        ...{ rows: "27021597764222979", bytes: "3000", note: "n", file: "f.json", parent: "p", retryOf: "r" },
        ...{ cancelledBy: "c", error: "e", parameters: { database: "sales", tables: ["orders"] } },
        path: `archive/2026-11/${record.id}.json`,
        proofs: { equal: 1, agrees: 0, notChecked: 1, differs: 1 },
      },
    ],
  });
});

test("a table's row says everything of its outcome and whose it is", async t => {
  const world = worldOf(t);
  const given = outcome("a", {
    sourceSnapshot: "7",
    metadataFile: "s3://x",
    notes: ["n"],
    error: { message: "e", hint: "h" },
  });
  const { id: job, type, status, submittedBy, finishedAt } = world.add({ tables: [given] });
  await world.index.reconcile();
  assert.deepEqual(world.index.tables({}).rows, [
    { ...given, error: "e", job, place: 0, type, status, submittedBy, finishedAt },
  ]);
});

test("sums go beyond 64 bits without a loss", async t => {
  const world = worldOf(t);
  const most = "9223372036854775807";
  for (let i = 0; i < 30; i++)
    world.add({ tables: [outcome("a", { rows: most, bytes: most }), outcome("b", { rows: "1" })] });
  world.add({ tables: [] });
  await world.index.reconcile();
  const rows = String(BigInt(most) * 30n + 30n);
  for (const query of [{}, { text: "ingest" }, { from: "2026-10-01" }, { person: "ada" }]) {
    assert.equal(world.index.totals(query).rows, rows);
    assert.equal(world.index.totals(query).bytes, String((BigInt(most) + 1000n) * 30n));
    assert.equal(String(world.index.days(query).reduce((sum, day) => sum + BigInt(day.rows), 0n)), rows);
  }
  const [empty, last] = world.index.jobs({}).rows;
  assert.equal(empty?.rows, undefined);
  assert.equal(last?.rows, "9223372036854775808");
});

test("an empty archive has nothing, in every answer", async t => {
  const { index } = worldOf(t);
  assert.equal(await index.reconcile(), 0);
  assert.deepEqual(index.jobs({}), { rows: [], more: false });
  assert.deepEqual(index.tables({}), { rows: [], more: false });
  for (const query of [{}, { text: "x" }, { table: "hive.a" }]) {
    assert.deepEqual(index.counts(query), { succeeded: 0, failed: 0, cancelled: 0 });
    assert.deepEqual(index.days(query), []);
    const { rows, jobs, people, seconds } = index.totals(query);
    assert.deepEqual([rows, jobs, people, seconds], ["0", 0, 0, 0]);
  }
  assert.deepEqual([index.people(), index.types(), index.laterUses(["hive.a"], "2026-01-01")], [[], [], []]);
});

test("the last success of each source is told, of a type where one is named", async t => {
  const world = worldOf(t);
  const first = world.add({ tables: [outcome("a", { sourceSnapshot: "1", rows: "5" }), outcome("b")] });
  const again = world.add({ tables: [outcome("a", { target: "lake.other.a" })], type: "other" });
  world.add({ tables: [outcome("a", { outcome: "failed" })] });
  await world.index.reconcile();
  const [a, b, c] = ["hive.sales.a", "hive.sales.b", "hive.sales.c"] as const;
  const last = world.index.lastBySource([a, b, c]);
  assert.deepEqual([...last.keys()], [a, b]);
  assert.deepEqual([last.get(a)?.id, last.get(a)?.target], [again.id, "lake.other.a"]);
  assert.deepEqual(world.index.lastBySource([a], "ingest-hive").get(a), {
    ...{ id: first.id, target: "lake.sales_iceberg.a", finishedAt: first.finishedAt, outcome: "succeeded" },
    ...{ sourceSnapshot: "1", targetSnapshot: "6536733823181975045", rows: "5", bytes: "1000" },
  });
});

test("an answer holds until the archive changes; an expensive one a while longer, a cheap one no longer", () => {
  let [version, time, made] = [1, 0, 0];
  const cached = queryCache(
    () => version,
    () => time,
  );
  const ask = (cost: number, query = {}, expensive?: "expensive") => {
    const answer = () => {
      time += cost;
      made += 1;
      return made;
    };
    return cached("x", query, answer, expensive);
  };
  assert.deepEqual([ask(1), ask(1), ask(1, { limit: 5, before: "y" }), ask(1, { text: "z" })], [1, 1, 1, 2]);
  version = 2;
  assert.deepEqual([ask(100), ask(100)], [3, 3]);
  version = 3;
  assert.equal(ask(100, {}, "expensive"), 4);
  version = 4;
  assert.equal(ask(100, {}, "expensive"), 4);
  time += 3001;
  assert.equal(ask(1, {}, "expensive"), 5);
  version = 5;
  assert.equal(ask(1, {}, "expensive"), 6);
});
