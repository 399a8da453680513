import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import { test } from "node:test";
import { cursorOf, type JobQuery, tableCursorOf } from "../../../../core/audit/index/open.ts";
import type { JobRecord } from "../../../../core/jobs/record.ts";
import { recordFile } from "../../../../core/store/archive.ts";
import { archive, outcome } from "../archive.ts";
import { idsOf, type World, worldOf } from "./world.ts";

async function filled(t: { after(end: () => void): void }): Promise<World> {
  const world = worldOf(t);
  await world.index.reconcile();
  const failed = { error: { message: "1 of 2 tables failed" }, status: "failed" } as const;
  const bad = outcome("customers", { outcome: "failed", error: { message: "differs in `Größe`" } });
  world.add({ note: `50%_off "now" <b>x</b>`, tables: [outcome("orders"), outcome("orders_2024")] });
  world.add({ ...failed, submittedBy: "grace", file: "Übergabe.json", tables: [outcome("orders"), bad] });
  world.add({ type: "migrate-iceberg", submittedBy: "grace", tables: [move("orders"), move("stock")] });
  world.add({ type: "export-audit", status: "cancelled", submittedBy: "björn", cancelledBy: "linus", tables: [] });
  world.add({ finishedAt: "2026-11-05T12:00:00.000Z", parameters: { database: "ODD's", verify: "read-back" } });
  assert.equal(world.index.refresh(), 5);
  return world;
}

function move(table: string) {
  const place = `sales_iceberg.${table}`;
  const proof = { level: "metadata", verdict: "not checked" } as const;
  return outcome(table, { table: `lake.${place}`, target: `azure.${place}`, outcome: "skipped", proof });
}

// Which of the five jobs, the newest first, by their places; everything else that is asked agrees with the list.
async function places({ index, records }: World, query: JobQuery): Promise<string> {
  const page = index.jobs(query);
  const found = page.rows.map(({ id }) => records.findIndex(record => record.id === id));
  const these = found.map(place => records[place]!);
  const states = { succeeded: 0, failed: 0, cancelled: 0 };
  for (const { status } of these) states[status] += 1;
  assert.deepEqual(index.count(query, 5000), { jobs: these.length, more: false });
  const totals = await index.totals(query);
  const { succeeded, failed, cancelled } = totals;
  assert.deepEqual({ succeeded, failed, cancelled }, states);
  const rows = these.flatMap(({ tables }) => tables).reduce((sum, table) => sum + BigInt(table.rows ?? 0), 0n);
  assert.deepEqual([totals.jobs, totals.rows, totals.people], [these.length, String(rows), peopleOf(these)]);
  const days = await index.days(query);
  assert.equal(
    days.reduce((sum, { jobs }) => sum + jobs, 0),
    these.length,
  );
  assert.equal(String(days.reduce((sum, day) => sum + BigInt(day.rows), 0n)), String(rows));
  assert.deepEqual(
    days.map(({ day }) => day),
    [...new Set(these.map(({ finishedAt }) => finishedAt.slice(0, 10)))].sort(),
  );
  if (!query.table) {
    const tables = index.tables({ ...query, limit: 5000 }).rows.map(({ job, table }) => `${job} ${table}`);
    assert.deepEqual(
      tables,
      these.flatMap(({ id, tables }) => tables.map(({ table }) => `${id} ${table}`)),
    );
  }
  return found.join("");
}

function peopleOf(records: readonly JobRecord[]): number {
  return new Set(records.map(({ submittedBy }) => submittedBy)).size;
}

test("jobs are found by state, type, lists of types and person, alone and together", async t => {
  const world = await filled(t);
  assert.equal(await places(world, {}), "43210");
  assert.equal(await places(world, { status: undefined, type: "", text: " " }), "43210");
  assert.equal(await places(world, { status: "failed" }), "1");
  assert.equal(await places(world, { type: "ingest-hive" }), "410");
  assert.equal(await places(world, { notTypes: ["ingest-hive"] }), "32");
  assert.equal(await places(world, { person: "grace" }), "21");
  assert.equal(await places(world, { person: "grace", status: "failed", type: "ingest-hive" }), "1");
  assert.equal(await places(world, { person: "nobody" }), "");
});

test("a date is its whole day in UTC, an instant is itself, and both ends count", async t => {
  const world = await filled(t);
  const [first, second] = world.records.map(({ finishedAt }) => finishedAt);
  assert.equal(first, "2026-10-31T23:30:00.000Z");
  assert.equal(await places(world, { from: "2026-10-31", to: "2026-10-31" }), "3210");
  assert.equal(await places(world, { from: "2026-11-01" }), "4");
  assert.equal(await places(world, { to: "2026-11-05" }), "43210");
  assert.equal(await places(world, { from: second, to: second }), "1");
  assert.equal(await places(world, { from: "2026-10-31T23:31:00Z", status: "succeeded" }), "42");
  assert.equal(await places(world, { from: "2026-11-01", to: "2026-10-01" }), "");
  assert.equal(await places(world, { from: "2026-11-05", person: "ada" }), "4");
});

test("what is no date, or no place in a list, is said to be none", async t => {
  const { index } = await filled(t);
  for (const from of ["soon", "2026", "2026-02-30", "2026-13-01"])
    assert.throws(() => index.jobs({ from }), /is no date: write 2026-11-23, or 2026-11-23T09:45:00Z/);
  assert.throws(() => index.jobs({ before: "x" }), /"x" is no place in a list/);
});

test("jobs are found by a source or target, whole or by a part of its name", async t => {
  const world = await filled(t);
  assert.equal(await places(world, { table: "hive.sales.customers" }), "1");
  assert.equal(await places(world, { table: "hive.sales.orders_" }), "0");
  assert.equal(await places(world, { table: "hive.sales.orders" }), "410");
  assert.equal(await places(world, { table: "LAKE.sales" }), "4210");
  assert.equal(await places(world, { table: "azure.", status: "succeeded" }), "2");
  assert.equal(await places(world, { table: "sales" }), "4210");
  assert.equal(await places(world, { table: "customers" }), "1");
  const tables = world.index.tables({ table: "lake.sales_iceberg.orders_" }).rows;
  assert.deepEqual(
    tables.map(({ table, target }) => [table, target]),
    [["hive.sales.orders_2024", "lake.sales_iceberg.orders_2024"]],
  );
});

test("any part of a text finds it, in upper or lower case, with every character meaning itself", async t => {
  const world = await filled(t);
  for (const text of ["50%_off", `"now"`, "<B>X</b>", "%_", "_o", `f "n`, "0%"])
    assert.equal(await places(world, { text }), "0");
  for (const text of ["größe", "GRÖßE", "gro\u0308ße", "übergabe", "`Gr", "Ü", "grace", "1 of 2"])
    assert.ok((await places(world, { text })).includes("1"), text);
  assert.equal(await places(world, { text: "björn" }), "3");
  assert.equal(await places(world, { text: "linus" }), "3");
  assert.equal(await places(world, { text: "odd's" }), "4");
  assert.equal(await places(world, { text: "audit" }), "3");
  assert.equal(await places(world, { text: "azure.sales" }), "2");
  assert.equal(await places(world, { text: world.records[2]!.id.slice(3, -1) }), "2");
  for (const text of ["50%off", "orders* OR x", "NEAR(a b)", "-orders", "read-back", "zz"])
    assert.equal(await places(world, { text }), "", text);
  assert.equal(await places(world, { text: "grace", status: "succeeded", table: "azure" }), "2");
});

test("what many jobs have is found as what few have: in order, and with the same sums", async t => {
  const world = worldOf(t);
  await world.index.reconcile();
  let last: JobRecord | undefined;
  // More than what is gathered first.
  for (let i = 0; i < 2300; i++) {
    const finishedAt = new Date(Date.UTC(2026, 10, 1 + (i % 28)) + i).toISOString();
    const tables = [outcome(i % 100 ? "common" : "rare", { rows: "1" })];
    last = archive(world.layout, last, { finishedAt, note: `note ${i}`, tables });
    world.records.push(last);
  }
  await world.index.reconcile();
  world.records.sort((a, b) => Date.parse(a.finishedAt) - Date.parse(b.finishedAt));
  const limit = 5000;
  for (const query of [{ text: "common" }, { table: "hive.sales.common" }, { text: "co" }]) {
    assert.notEqual(await places(world, { ...query, limit }), "");
    assert.deepEqual(world.index.count(query, 2277), { jobs: 2277, more: false });
    assert.deepEqual(world.index.count(query, 2000), { jobs: 2000, more: true });
  }
  for (const query of [{ text: "RARE" }, { table: "hive.sales.rare" }])
    assert.equal(world.index.jobs({ ...query, limit }).rows.length, 23);
  const day = { from: "2026-11-02", to: "2026-11-02", limit };
  assert.notEqual(await places(world, { ...day, text: "common", table: "lake.sales" }), "");
});

test("a page of what many jobs have begins where it is asked to", async t => {
  const world = worldOf(t);
  await world.index.reconcile();
  let last: JobRecord | undefined;
  for (let i = 0; i < 2100; i++) {
    const finishedAt = new Date(Date.UTC(2026, 10, 1) + i * 60_000).toISOString();
    last = archive(world.layout, last, {
      finishedAt,
      submittedBy: i % 2 ? "ada" : "grace",
      tables: [outcome("common")],
    });
    world.records.push(last);
  }
  await world.index.reconcile();
  const ids = world.records.map(({ id }) => id).reverse();
  const cursor = cursorOf(world.records[1000]!);
  for (const query of [{ text: "common" }, { table: "common" }]) {
    assert.deepEqual(idsOf(world.index.jobs({ ...query, before: cursor })), ids.slice(1100, 1150));
    assert.deepEqual(idsOf(world.index.jobs({ ...query, after: cursor })), ids.slice(1049, 1099));
    const hers = world.index.jobs({ ...query, person: "ada", before: cursor, limit: 3 }).rows;
    assert.deepEqual(idsOf({ rows: hers }), [ids[1100], ids[1102], ids[1104]]);
    const rows = world.index.tables({ ...query, before: tableCursorOf({ finishedAt: "", job: ids[1099]!, place: 0 }) });
    assert.equal(rows.rows[0]?.job, ids[1100]);
  }
});

test("the jobs that retry or undo another are found by its id", async t => {
  const world = worldOf(t);
  await world.index.reconcile();
  const first = world.add();
  const retry = world.add({ retryOf: first.id });
  const undo = world.add({ type: "undo-job", parameters: { job: first.id } });
  world.add({ type: "plan-job", parameters: { job: first.id } });
  world.index.refresh();
  assert.deepEqual(idsOf(world.index.jobs({ about: first.id })), [undo.id, retry.id]);
  assert.deepEqual(idsOf(world.index.jobs({ about: first.id, type: "undo-job" })), [undo.id]);
  assert.deepEqual(world.index.count({ about: first.id }, 9), { jobs: 2, more: false });
  rmSync(recordFile(world.layout, retry.finishedAt, retry.id));
  await world.index.reconcile();
  assert.deepEqual(idsOf(world.index.jobs({ about: first.id })), [undo.id]);
});

test("pages follow each other without gap or repetition while jobs come in", async t => {
  const world = worldOf(t);
  await world.index.reconcile();
  for (let i = 0; i < 23; i++) world.add({ finishedAt: `2026-11-0${1 + (i >> 3)}T00:00:00.000Z` });
  const expected = world.records.map(({ id }) => id).reverse();
  const seen: string[] = [];
  let before: string | undefined;
  for (let more = true; more; ) {
    world.index.refresh();
    const page = world.index.jobs({ limit: 5, before });
    seen.push(...idsOf(page));
    before = cursorOf(page.rows.at(-1)!);
    more = page.more;
    world.add({ finishedAt: "2026-11-09T00:00:00.000Z" });
  }
  assert.deepEqual(seen, expected);
});

test("one can go back to the page before, and stays where one was when the job there is gone", async t => {
  const world = worldOf(t);
  await world.index.reconcile();
  for (let i = 0; i < 9; i++) world.add();
  world.index.refresh();
  const all = world.index.jobs({}).rows;
  const second = world.index.jobs({ limit: 3, before: cursorOf(all[2]!) });
  const back = world.index.jobs({ limit: 3, after: cursorOf(second.rows[0]!) });
  assert.deepEqual([back.rows, back.more], [all.slice(0, 3), false]);
  const last = world.index.jobs({ limit: 3, after: cursorOf(all[8]!) });
  assert.deepEqual([last.rows, last.more], [all.slice(5, 8), true]);
  const gone = { ...all[2]!, id: "20261123T094512123Z-ingest-hive-k3f9q2" };
  assert.deepEqual(world.index.jobs({ limit: 3, before: cursorOf(gone) }).rows, all.slice(3, 6));
});

test("tables are paged in the middle of a job, too, and found by their outcome", async t => {
  const world = worldOf(t);
  await world.index.reconcile();
  for (let i = 0; i < 3; i++)
    world.add({ tables: Array.from({ length: 7 }, (_, n) => outcome(`t${n}`, n === i ? { outcome: "failed" } : {})) });
  world.index.refresh();
  const all = world.index.tables({ limit: 100 }).rows;
  assert.deepEqual(
    all.slice(5, 9).map(({ job, place }) => [job, place]),
    [...[5, 6].map(place => [world.records[2]?.id, place]), ...[0, 1].map(place => [world.records[1]?.id, place])],
  );
  const seen = [];
  for (let before: string | undefined; ; ) {
    const page = world.index.tables({ limit: 4, before });
    seen.push(...page.rows);
    before = tableCursorOf(page.rows.at(-1)!);
    if (!page.more) break;
  }
  assert.deepEqual(seen, all);
  assert.deepEqual(
    world.index.tables({ outcome: "failed" }).rows.map(({ place }) => place),
    [2, 1, 0],
  );
});
