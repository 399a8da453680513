import assert from "node:assert/strict";
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { appendAudit } from "../../../core/audit/append-report.ts";
import { AUDIT_REPORTS } from "../../../core/audit/reports.ts";
import type { JobRecord } from "../../../core/jobs/record.ts";
import type { Layout } from "../../../core/store/layout.ts";
import { archive, recordPath } from "../../core/audit/archive.ts";
import { newWorld, type World } from "../../journey/world.ts";

/** Three records, chained and reported as the worker does it. */
function archived(layout: Layout, key?: string): [JobRecord, JobRecord, JobRecord] {
  const first = archive(layout, undefined, {}, key);
  const second = archive(layout, first, {}, key);
  const third = archive(layout, second, {}, key);
  for (const record of [first, second, third]) appendAudit(layout, record);
  return [first, second, third];
}

async function check(world: World, name = "check.json"): Promise<JobRecord> {
  world.drop(name, { type: "check-archive" });
  return await world.record(name);
}

test("an archive that is whole is told as such, with its records and its newest hash, and the report is made anew", async t => {
  const world = newWorld(t);
  const [, , newest] = archived(world.layout);
  for (const { name } of AUDIT_REPORTS) rmSync(join(world.layout.archive, name));
  world.startWorker();
  const record = await check(world);
  assert.equal(record.status, "succeeded", record.error?.message);
  const [outcome] = record.tables;
  assert.equal(outcome?.table, "archive");
  assert.match(outcome?.notes?.[0] ?? "", /^3 records, ended from /);
  assert.equal(outcome?.notes?.[1], `newest hash ${newest.hash} (${newest.id})`);
  assert.equal(record.previousHash, newest.hash, "the check itself is a record of the chain");
  const report = readFileSync(join(world.layout.archive, "audit.csv"), "utf8");
  assert.ok(report.includes(newest.id));
  await world.until("the check's own line", () =>
    readFileSync(join(world.layout.archive, "audit.csv"), "utf8").includes(record.id),
  );
});

test("a record that was edited is named and the job fails, while the worker goes on", async t => {
  const world = newWorld(t);
  const [, second] = archived(world.layout);
  writeFileSync(recordPath(world.layout, second), JSON.stringify({ ...second, submittedBy: "eve" }));
  world.startWorker();
  const record = await check(world);
  assert.equal(record.status, "failed");
  assert.equal(record.exitCode, 1);
  assert.match(record.error?.message ?? "", new RegExp(`^${second.id} does not match its hash: it was edited`));
  assert.match(record.error?.hint ?? "", /backup/);
  assert.equal(record.tables[0]?.outcome, "failed");
  assert.equal((await check(world, "again.json")).status, "failed", "it does not heal by itself");
});

test("records that were removed are named one by one, and the report's lines of them are kept", async t => {
  const world = newWorld(t);
  const [first, second, third] = archived(world.layout);
  for (const gone of [first, third]) rmSync(recordPath(world.layout, gone));
  world.startWorker();
  const record = await check(world);
  assert.equal(record.status, "failed");
  assert.match(record.error?.message ?? "", /^\d problems in the archive, the first: /);
  const notes = record.tables[0]?.notes?.join("\n") ?? "";
  for (const gone of [first, third])
    assert.ok(notes.includes(`${gone.id} is in audit.csv but not in the archive`), notes);
  assert.ok(!notes.includes(`${second.id} is in audit.csv but not`));
  const kept = readdirSync(world.layout.archive).find(name => /^audit-2\d+T\d+Z\.csv$/.test(name));
  assert.ok(kept && notes.includes(`archive/${kept}`));
  assert.ok(readFileSync(join(world.layout.archive, kept), "utf8").includes(third.id));
});

test("the chain is checked with the worker's AUDIT_KEY, which is written nowhere", async t => {
  const key = "planted-audit-key-5f1c";
  const world = newWorld(t);
  const [, , newest] = archived(world.layout, key);
  world.startWorker({ AUDIT_KEY: key });
  const right = await check(world);
  assert.equal(right.status, "succeeded", right.error?.message);
  assert.ok(right.tables[0]?.notes?.some(note => note.includes(newest.hash)));
  const other = newWorld(t);
  archived(other.layout, key);
  other.startWorker({ AUDIT_KEY: "another-planted-key-77" });
  const wrong = await check(other);
  assert.equal(wrong.status, "failed");
  assert.match(wrong.error?.message ?? "", /AUDIT_KEY is not the one of this archive/);
  assert.doesNotMatch(world.everything() + other.everything(), /planted-audit-key|another-planted-key/);
});
