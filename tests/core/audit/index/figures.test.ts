import assert from "node:assert/strict";
import { test } from "node:test";
import { jobScanner } from "../../../../core/audit/index/scan.ts";
import { openStore, queryCache } from "../../../../core/audit/index/store.ts";
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
    const totals = await world.index.totals(query);
    assert.equal(totals.rows, rows);
    assert.equal(totals.bytes, String((BigInt(most) + 1000n) * 30n));
    assert.equal(String((await world.index.days(query)).reduce((sum, day) => sum + BigInt(day.rows), 0n)), rows);
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
    assert.deepEqual(index.count(query, 10), { jobs: 0, more: false });
    assert.deepEqual(await index.days(query), []);
    const { rows, jobs, people, seconds } = await index.totals(query);
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

test("an answer holds until the archive changes; sums of single jobs a while longer", async t => {
  let [version, made] = [1, 0];
  const cached = queryCache(() => version);
  const ask = (query = {}) => cached("x", query, () => ++made);
  assert.deepEqual([ask(), ask(), ask({ limit: 5, before: "y" }), ask({ text: "z" })], [1, 1, 1, 2]);
  version = 2;
  assert.deepEqual([ask(), ask()], [3, 3]);

  const world = worldOf(t);
  await world.index.reconcile();
  world.add({ note: "common" });
  world.index.refresh();
  const store = openStore(world.layout);
  t.after(() => store.close());
  let time = 0;
  // Each look at the clock is a second later.
  const scan = jobScanner(
    store,
    () => version,
    () => (time += 1000),
  );
  const sums = async () => (await scan({ text: "common" })).length;
  assert.equal(await sums(), 1);
  world.add({ note: "common", finishedAt: "2026-12-01T00:00:00.000Z" });
  world.index.refresh();
  version = 3;
  assert.equal(await sums(), 1);
  time += 100_000;
  assert.equal(await sums(), 2);
});
