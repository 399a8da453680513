import assert from "node:assert/strict";
import { appendFileSync, readdirSync, renameSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";
import { rebuildAudit } from "../../../../core/audit/rebuild.ts";
import { archive, outcome, recordPath } from "../archive.ts";
import { everything, idsOf, worldOf } from "./world.ts";

test("an increment is taken in from the end of the report, once", t => {
  const world = worldOf(t);
  assert.equal(world.index.refresh(), 0);
  return world.index.reconcile().then(() => {
    const before = world.index.version;
    for (let i = 0; i < 3; i++) world.add();
    assert.equal(world.index.refresh(), 3);
    assert.ok(world.index.version > before);
    const after = world.index.version;
    assert.equal(world.index.refresh(), 0);
    assert.equal(world.index.version, after);
    assert.deepEqual(idsOf(world.index.jobs({})), world.records.map(({ id }) => id).reverse());
  });
});

test("an increment reads neither the archive nor the start of the report", async t => {
  const world = worldOf(t);
  const first = world.add();
  await world.index.reconcile();
  rmSync(recordPath(world.layout, first));
  world.add();
  assert.equal(world.index.refresh(), 1);
  // Were the archive compared, the removed record would have been noticed.
  assert.equal(world.index.count({}, 0).jobs, 2);
  assert.equal(world.index.reconciling(), false);
});

test("what was taken in piece by piece is what a new index holds", async t => {
  const world = worldOf(t);
  await world.index.reconcile();
  for (let i = 0; i < 40; i++) {
    const tables = Array.from({ length: i % 4 }, (_, n) => outcome(`t${n}`, i % 3 ? {} : { outcome: "failed" }));
    world.add({ tables, status: i % 3 ? "succeeded" : "failed", submittedBy: `p${i % 5}`, finishedAt: sameMinute(i) });
    if (i % 7 === 0) world.index.refresh();
  }
  world.index.refresh();
  const followed = await everything(world.index);
  world.index.close();
  for (const name of readdirSync(world.layout.archive).filter(name => name.startsWith(".index.db")))
    rmSync(join(world.layout.archive, name));
  assert.equal(await world.reopen().reconcile(), 40);
  assert.deepEqual(await everything(world.index), followed);
  assert.equal(followed.jobs.length, 40);
});

test("an index that was deleted makes itself anew after its first look at the report", async t => {
  const world = worldOf(t);
  for (let i = 0; i < 3; i++) world.add();
  assert.equal(world.index.refresh(), 0);
  assert.ok(world.index.reconciling());
  await world.index.reconcile();
  assert.equal(world.index.count({}, 0).jobs, 3);
  world.add();
  assert.equal(world.index.refresh(), 1);
});

test("a report that was made anew is compared with the archive, and followed on", async t => {
  const world = worldOf(t);
  const gone = world.add();
  world.add();
  await world.index.reconcile();
  rmSync(recordPath(world.layout, gone));
  rebuildAudit(world.layout);
  world.index.refresh();
  await world.index.reconcile();
  assert.deepEqual(idsOf(world.index.jobs({})), [world.records[1]?.id]);
  world.add();
  assert.equal(world.index.refresh(), 1);
  assert.equal(world.index.reconciling(), false);
});

test("a report made anew to the same bytes loses nothing that is appended meanwhile", async t => {
  const world = worldOf(t);
  world.add();
  await world.index.reconcile();
  rebuildAudit(world.layout);
  world.add();
  assert.equal(world.index.refresh(), 1);
  assert.ok(world.index.reconciling());
  await world.index.reconcile();
  assert.equal(world.index.count({}, 0).jobs, 2);
});

test("a record that was removed leaves every list and every sum", async t => {
  const world = worldOf(t);
  world.add({ submittedBy: "grace", type: "export-audit", tables: [outcome("gone")] });
  world.add();
  await world.index.reconcile();
  rmSync(recordPath(world.layout, world.records[0]!));
  const before = world.index.version;
  assert.equal(await world.index.reconcile(), 0);
  assert.ok(world.index.version > before);
  const { jobs, tables, totals, people, types } = await everything(world.index);
  assert.deepEqual([jobs.length, tables.length, totals.jobs, totals.rows], [1, 1, 1, "9007199254740993"]);
  assert.deepEqual([people, types], [["ada"], ["ingest-hive"]]);
  assert.equal(world.index.count({ text: "gone" }, 9).jobs, 0);
  assert.equal(world.index.lastBySource(["hive.sales.gone"]).size, 0);
});

test("a record that lies in another month now is there once, and a copy of one is no second job", async t => {
  const world = worldOf(t);
  const [moved, copied] = [world.add(), world.add({ finishedAt: "2026-11-05T00:00:00.000Z" })];
  await world.index.reconcile();
  const elsewhere = join(world.layout.archive, "2026-12");
  archive(world.layout, undefined, { finishedAt: "2026-12-01T00:00:00.000Z" });
  renameSync(recordPath(world.layout, moved), join(elsewhere, `${moved.id}.json`));
  writeFileSync(join(elsewhere, `${copied.id}.json`), JSON.stringify(copied));
  await world.index.reconcile();
  const paths = new Map(world.index.jobs({}).rows.map(({ id, path }) => [id, path]));
  assert.equal(paths.size, 3);
  assert.equal((await world.index.totals({})).jobs, 3);
  assert.equal(paths.get(moved.id), `archive/2026-12/${moved.id}.json`);
  assert.equal(paths.get(copied.id), `archive/2026-11/${copied.id}.json`);
});

test("files that are torn, spoilt or no records are passed over, until they are whole", async t => {
  const world = worldOf(t);
  const record = world.add();
  const month = join(recordPath(world.layout, record), "..");
  const other = archive(world.layout, record);
  truncateSync(recordPath(world.layout, other), 200);
  writeFileSync(join(month, "20261123T094512123Z-ingest-hive-k3f9q2.json"), JSON.stringify(record));
  writeFileSync(join(month, "20261123T094512123Z-ingest-hive-k3f9q3.json"), "null");
  writeFileSync(join(month, "note.json"), "{}");
  const odd = { ...record, id: "20261123T094512123Z-ingest-hive-k3f9q4", finishedAt: "soon" };
  writeFileSync(join(month, `${odd.id}.json`), JSON.stringify(odd));
  const many = { ...record, id: "20261123T094512123Z-ingest-hive-k3f9q5", tables: [outcome("a", { rows: "many" })] };
  writeFileSync(join(month, `${many.id}.json`), JSON.stringify(many));
  assert.equal(await world.index.reconcile(), 1);
  assert.deepEqual(idsOf(world.index.jobs({})), [record.id]);
  writeFileSync(recordPath(world.layout, other), JSON.stringify(other));
  assert.equal(await world.index.reconcile(), 1);
  assert.equal(world.index.count({}, 0).jobs, 2);
});

test("a line of the report that a crash tore is waited for, and one that names no record is passed over", async t => {
  const world = worldOf(t);
  world.add();
  await world.index.reconcile();
  const next = archive(world.layout, world.records[0]);
  const report = join(world.layout.archive, "audit.csv");
  appendFileSync(report, `20261123T094512123Z-ingest-hive-k3f9q2,x\n../../etc/passwd,x\n${next.id},ing`);
  assert.equal(world.index.refresh(), 0);
  appendFileSync(report, "est-hive\n");
  assert.equal(world.index.refresh(), 1);
});

test("an index of another version, one that is no database, and one that is torn are made anew", async t => {
  const world = worldOf(t);
  for (let i = 0; i < 30; i++) world.add();
  const path = join(world.layout.archive, ".index.db");
  const spoilt: (() => void)[] = [
    () => {
      const database = new DatabaseSync(path);
      database.exec("pragma user_version = 999; drop table details");
      database.close();
    },
    () => writeFileSync(path, "this is no database, however long it may be".repeat(1000)),
    () => truncateSync(path, 5000),
    () => writeFileSync(path, ""),
  ];
  for (const spoil of spoilt) {
    await world.index.reconcile();
    world.index.close();
    spoil();
    assert.equal(await world.reopen().reconcile(), 30, String(spoil));
    assert.equal(world.index.jobs({}).rows.length, 30);
  }
});

test("what is archived while the archive is compared is not lost", async t => {
  const world = worldOf(t);
  for (let i = 0; i < 200; i++) world.add();
  const compared = world.index.reconcile();
  for (let i = 0; i < 50; i++) {
    world.add();
    world.index.refresh();
    await new Promise(resolve => setTimeout(resolve, 2));
  }
  await compared;
  world.index.refresh();
  assert.deepEqual(idsOf(world.index.jobs({ limit: 500 })), world.records.map(({ id }) => id).reverse());
  assert.equal((await world.index.totals({})).jobs, 250);
});

test("the event loop goes on while the archive is compared", async t => {
  const world = worldOf(t);
  for (let i = 0; i < 300; i++) world.add();
  let turns = 0;
  const timer = setInterval(() => (turns += 1), 1);
  await world.index.reconcile();
  clearInterval(timer);
  assert.ok(turns > 3, `${turns} turns`);
});

// Several jobs end at the same instant; not in the order of their names.
function sameMinute(i: number): string {
  return new Date(Date.UTC(2026, 10, 1 + Math.floor(i / 9), 12, i % 3)).toISOString();
}

test("a comparison that fails says why, and one that is broken off by the end of the index is none", async t => {
  const world = worldOf(t);
  world.add();
  const broken = world.index.reconcile();
  world.index.close();
  assert.equal(await broken, 0);
  world.reopen();
  renameSync(world.layout.archive, `${world.layout.archive}-away`);
  t.after(() => world.index.close());
  await assert.rejects(world.index.reconcile(), /^Error: The archive could not be compared with its index: /);
});
