import assert from "node:assert/strict";
import { renameSync, rmSync } from "node:fs";
import { test } from "node:test";
import type { DriftFact, Outcome } from "../../../core/jobs/outcome.ts";
import type { JobRecord } from "../../../core/jobs/record.ts";
import type { Lineage } from "../../../core/stations/lineage.ts";
import { everything, type World, worldOf } from "../audit/index/world.ts";

const TYPES = { lake: "ingest-hive", azure: "migrate-iceberg", snowflake: "register-snowflake" } as const;
const names = (table: string) =>
  [
    ["hive", `hive.sales.${table}`],
    ["lake", `lake.sales.${table}`],
    ["azure", `azure.sales.${table}`],
    ["snowflake", `snowflake.LAKE.SALES.${table.toUpperCase()}`],
  ] as const;

/** A world whose index knows up to where its report goes. */
async function startedWorld(t: { after(end: () => void): void }): Promise<World> {
  const world = worldOf(t);
  world.add({ type: "check-services", tables: [] });
  await world.index.reconcile();
  return world;
}

/** Archives a job that copied a table to a place of its way. */
function copied(world: World, table: string, to: keyof typeof TYPES, more: Partial<Outcome> = {}) {
  const way = names(table);
  const place = way.findIndex(([name]) => name === to);
  const ends = { table: way[place - 1]![1], target: way[place]![1], outcome: "succeeded", seconds: 1 } as const;
  const proof = { level: "read-back", verdict: "equal" } as const;
  const snapshots = { sourceSnapshot: "1", targetSnapshot: "1" };
  return world.add({ type: TYPES[to], tables: [{ ...ends, ...snapshots, proof, ...more }] });
}

/** Archives a `check-drift` job that found these tables. */
function looked(world: World, facts: Readonly<Record<string, Partial<DriftFact>>>) {
  const { finishedAt } = world.records.at(-1)!;
  const at = new Date(Date.parse(finishedAt) + 1000).toISOString();
  const tables = Object.entries(facts).map(([table, fact]) => ({
    ...({ table, target: "", outcome: "succeeded", seconds: 0 } as const),
    drift: { at, there: true, ...fact },
  }));
  return world.add({ type: "check-drift", tables });
}

function board(world: World, query = {}): Lineage[] {
  world.index.refresh();
  return world.index.board(query).rows;
}

const ends = (rows: readonly Lineage[]) => rows.map(({ last, words }) => `${last}: ${words}`);

test("a table's way is told from its first place to its last, and grows with each copy", async t => {
  const world = await startedWorld(t);
  copied(world, "orders", "lake");
  assert.deepEqual(ends(board(world)), ["lake.sales.orders: up to date by the metastore"]);
  copied(world, "orders", "azure");
  copied(world, "orders", "snowflake", { metadataFile: "w/sales/orders/metadata/1.json" });
  const [lineage, ...others] = board(world);
  assert.deepEqual(others, []);
  assert.deepEqual(
    lineage?.stations.map(({ name }) => name),
    names("orders").map(([, name]) => name),
  );
  assert.equal(lineage?.stations[3]?.job, world.records[3]?.id);
  assert.deepEqual(world.index.lineages("azure.sales.orders"), [lineage]);
  looked(world, { "lake.sales.orders": { snapshot: "4", behind: { "1": 3 } } });
  assert.deepEqual(ends(board(world)), ["snowflake.LAKE.SALES.ORDERS: 3 snapshots behind"]);
});

/** Archives an `undo-job` job that took back what another did to its target. */
function undone(world: World, { id, tables }: JobRecord, now: Pick<DriftFact, "there" | "snapshot">) {
  const { target } = tables[0]!;
  const at = new Date(Date.parse(world.records.at(-1)!.finishedAt) + 1000).toISOString();
  const ends = { table: target, target, outcome: "succeeded", seconds: 1 } as const;
  return world.add({ type: "undo-job", tables: [{ ...ends, undoes: id, drift: { at, ...now } }] });
}

test("what was taken back since is no part of a table's way", async t => {
  const world = await startedWorld(t);
  copied(world, "orders", "lake");
  const first = copied(world, "orders", "azure");
  const second = copied(world, "orders", "azure", { sourceSnapshot: "2", targetSnapshot: "2" });
  looked(world, {
    "lake.sales.orders": { snapshot: "2", behind: { "1": 1 } },
    "azure.sales.orders": { snapshot: "2" },
  });
  assert.deepEqual(ends(board(world)), ["azure.sales.orders: up to date"]);
  undone(world, second, { there: true, snapshot: "1" });
  assert.deepEqual(ends(board(world)), ["azure.sales.orders: 1 snapshot behind"]);
  const [, , azure] = board(world)[0]!.stations;
  assert.deepEqual(azure && [azure.snapshot, azure.job, azure.copiedBy], ["1", first.id, first.id]);
  undone(world, first, { there: false });
  assert.deepEqual(ends(board(world)), ["lake.sales.orders: up to date by the metastore"]);
  copied(world, "orders", "azure", { sourceSnapshot: "2", targetSnapshot: "3" });
  assert.deepEqual(ends(board(world)), ["azure.sales.orders: up to date"]);
});

test("a table that was copied to two places has two ways, and one that was copied back begins anew", async t => {
  const world = await startedWorld(t);
  copied(world, "orders", "azure");
  copied(world, "orders", "azure", { target: "azure.other.orders" });
  assert.deepEqual(
    board(world).map(({ last }) => last),
    ["azure.other.orders", "azure.sales.orders"],
  );
  assert.equal(world.index.lineages("lake.sales.orders").length, 2);
  copied(world, "orders", "azure", { table: "azure.sales.orders", target: "lake.sales.orders" });
  const ways = board(world).map(({ stations }) => stations.map(({ name }) => name));
  assert.deepEqual(ways, [["azure.sales.orders", "lake.sales.orders", "azure.other.orders"]]);
});

test("what comes of the records one by one is what comes of them all at once, and what is removed leaves no trace", async t => {
  const world = await startedWorld(t);
  for (const table of ["a", "b", "c"]) {
    copied(world, table, "lake");
    copied(world, table, "azure", { outcome: table === "b" ? "failed" : "succeeded" });
    board(world);
  }
  looked(world, {
    "lake.sales.a": { snapshot: "2", behind: { "1": 1 } },
    "hive.sales.new": {},
    "hive.sales.c": { there: false },
  });
  const one = ends(board(world));
  assert.deepEqual(one, [
    "lake.sales.b: the copy to azure failed",
    "azure.sales.c: source gone",
    "azure.sales.a: 1 snapshot behind",
    "hive.sales.new: never copied",
  ]);
  const before = await everything(world.index);
  world.index.close();
  rmSync(`${world.layout.archive}/.index.db`);
  world.reopen();
  await world.index.reconcile();
  assert.deepEqual(await everything(world.index), before);
  const check = world.records.at(-1)!;
  const path = `${world.layout.archive}/${check.finishedAt.slice(0, 7)}/${check.id}.json`;
  renameSync(path, `${world.layout.root}/away.json`);
  await world.index.reconcile();
  assert.deepEqual(ends(board(world)), [
    "lake.sales.b: the copy to azure failed",
    "azure.sales.a: up to date",
    "azure.sales.c: up to date",
  ]);
});

test("the board is filtered by state, place and text, counted, and paged", async t => {
  const world = await startedWorld(t);
  for (const table of ["a", "b", "c"]) copied(world, table, "azure");
  copied(world, "d", "azure", {
    table: "lake.other.d",
    target: "azure.other.d",
    proof: { level: "none", verdict: "not checked" },
  });
  assert.deepEqual(ends(board(world, { state: "unproven" })), ["azure.other.d: never proven"]);
  assert.equal(board(world, { namespace: "azure.sales" }).length, 3);
  assert.equal(board(world, { namespace: "azure.sale" }).length, 0);
  assert.deepEqual(
    board(world, { text: "SALES.B" }).map(({ last }) => last),
    ["azure.sales.b"],
  );
  const { current, unproven, behind } = world.index.boardCounts({ state: "behind" });
  assert.deepEqual([current, unproven, behind], [3, 1, 0]);
  assert.deepEqual(world.index.boardPlaces(), [
    { name: "lake.other", tables: 1 },
    { name: "lake.sales", tables: 3 },
  ]);
  const page = world.index.board({ sort: "name", from: 1, limit: 2 });
  assert.deepEqual([page.rows.map(({ last }) => last), page.more], [["azure.sales.a", "azure.sales.b"], true]);
  assert.equal(world.index.lineagesTo(["azure.sales.a", "nobody"]).length, 1);
});

test("a job with more tables than a request waits for comes in by a comparison beside it", async t => {
  const world = await startedWorld(t);
  copied(world, "orders", "lake");
  board(world);
  const facts = Object.fromEntries(Array.from({ length: 1001 }, (_, i) => [`hive.sales.t${i}`, {}]));
  looked(world, facts);
  assert.equal(board(world).length, 1);
  await world.index.reconcile();
  assert.equal(world.index.boardCounts({}).new, 1001);
});
