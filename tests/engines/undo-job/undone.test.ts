import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { openIndex } from "../../../core/audit/index/open.ts";
import { newId } from "../../../core/jobs/id.ts";
import type { JobRecord } from "../../../core/jobs/record.ts";
import { jobTypes } from "../../../engines/list.ts";
import { archivedJob, laterJobs, undoneOutcomes } from "../../../engines/undo-job/undone.ts";
import { archive, outcome, temporaryLayout } from "../../core/audit/archive.ts";

/** An archive in which an ingest came first, and then what is given; what built on the ingest, as `did type`. */
async function builtOn(t: TestContext, ...after: Partial<JobRecord>[]): Promise<string[]> {
  const layout = temporaryLayout(t);
  let last = archive(layout, undefined, { tables: [outcome("orders", { targetSnapshot: "7" })] });
  const first = last;
  for (const [i, given] of after.entries()) {
    const at = `2026-11-28T1${i}:00:00.000Z`;
    const parameters = JSON.parse(JSON.stringify(given.parameters ?? {}).replaceAll("$first", first.id));
    last = archive(layout, last, { ...{ startedAt: at, finishedAt: at }, ...given, parameters });
  }
  const index = openIndex(layout);
  t.after(() => index.close());
  await index.reconcile();
  const record = archivedJob(layout, first.id);
  assert.ok(record);
  return laterJobs(index, record, undoneOutcomes(record), jobTypes).map(({ did, type }) => `${did} ${type}`);
}

const TARGET = "lake.sales_iceberg.orders";
const COPIED = { table: TARGET, target: "azure.sales_iceberg.orders" };

test("a later job that read the target built on it, and one that wrote to it did", async t => {
  const migrate = { type: "migrate-iceberg", tables: [outcome("orders", COPIED)] };
  const load = { type: "load-csv", tables: [outcome("orders", { table: "orders.csv", target: TARGET.toUpperCase() })] };
  assert.deepEqual(await builtOn(t, migrate, load), ["read migrate-iceberg", "changed load-csv"]);
});

test("a job that failed to read, that only looked, or that ended before built on nothing", async t => {
  const failed = { type: "migrate-iceberg", tables: [outcome("orders", { ...COPIED, outcome: "failed" })] };
  const compared = {
    type: "compare-tables",
    tables: [outcome("orders", { table: "hive.sales.orders", target: TARGET })],
  };
  const old = "2026-11-01T00:00:00.000Z";
  const earlier = { type: "migrate-iceberg", startedAt: old, finishedAt: old, tables: [outcome("orders", COPIED)] };
  assert.deepEqual(await builtOn(t, failed, compared, earlier), []);
});

test("a job that read the target while the other ran built on it only if it read what that one wrote", async t => {
  const during = "2026-11-02T09:01:00.000Z";
  const times = { startedAt: during, finishedAt: during, type: "migrate-iceberg" };
  const own = { ...times, tables: [outcome("orders", { ...COPIED, sourceSnapshot: "7" })] };
  const other = { ...times, tables: [outcome("orders", { ...COPIED, sourceSnapshot: "6" })] };
  assert.deepEqual(await builtOn(t, own, other), ["read migrate-iceberg"]);
});

test("a job that was undone itself does not count any more", async t => {
  const id = newId("migrate-iceberg");
  const migrate = { id, type: "migrate-iceberg", tables: [outcome("orders", COPIED)] };
  const undo = {
    type: "undo-job",
    parameters: { job: id },
    tables: [outcome("x", { table: COPIED.target, target: COPIED.target })],
  };
  assert.deepEqual(await builtOn(t, migrate), ["read migrate-iceberg"]);
  assert.deepEqual(await builtOn(t, migrate, undo), []);
});

test("however many later jobs there are, the undos are asked for once", async t => {
  const layout = temporaryLayout(t);
  const first = archive(layout, undefined, { tables: [outcome("orders")] });
  let last = first;
  const migrate = (i: number, more: Partial<JobRecord> = {}) => {
    const at = `2026-11-28T10:00:00.${String(i).padStart(3, "0")}Z`;
    last = archive(layout, last, {
      type: "migrate-iceberg",
      tables: [outcome("orders", COPIED)],
      startedAt: at,
      finishedAt: at,
      ...more,
    });
    return last.id;
  };
  const later = Array.from({ length: 5 }, (_, i) => migrate(i));
  // Of one only another table was undone, of one this table, of one all.
  const undo = (i: number, parameters: Record<string, unknown>) =>
    migrate(i, { type: "undo-job", parameters, tables: [] });
  undo(5, { job: later[0], tables: ["azure.sales_iceberg.other"] });
  undo(6, { job: later[1], tables: [COPIED.target] });
  undo(7, { job: later[2] });
  const index = openIndex(layout);
  t.after(() => index.close());
  await index.reconcile();
  const record = archivedJob(layout, first.id);
  assert.ok(record);
  let asked = 0;
  const jobs: typeof index.jobs = query => {
    asked++;
    return index.jobs(query);
  };
  const found = laterJobs({ laterUses: index.laterUses, jobs }, record, undoneOutcomes(record), jobTypes);
  assert.deepEqual(
    found.map(({ id }) => id),
    [later[0], later[3], later[4]],
  );
  assert.equal(asked, 1);
});
