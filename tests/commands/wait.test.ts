import assert from "node:assert/strict";
import { readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { eventsFile, type Layout } from "../../files/layout.ts";
import { appendLine } from "../../files/ndjson.ts";
import type { NewEvent } from "../../jobs/events.ts";
import { isId } from "../../jobs/id.ts";
import type { JobRecord } from "../../jobs/record.ts";
import { archive, outcome, temporaryLayout } from "../audit/archive.ts";
import { INGEST, job, type Ran, write } from "./run.ts";

// Submits a job with --wait, and does with it what a worker would.
async function waited(layout: Layout, work: (id: string) => void): Promise<Ran> {
  const ran = job(layout, ["submit", write(layout, "mine.json", INGEST), "--wait"]);
  const ids = () => readdirSync(layout.queue).map(name => name.replace(/\.json$/, ""));
  while (!ids().some(isId)) await pause(20);
  work(ids().find(isId)!);
  return await ran;
}

function tell(layout: Layout, id: string, event: NewEvent): void {
  appendLine(eventsFile(layout, id), { at: new Date().toISOString(), attempt: 1, ...event });
}

function end(layout: Layout, id: string, given: Partial<JobRecord>): void {
  archive(layout, undefined, { id, ...given });
  rmSync(join(layout.queue, `${id}.json`));
}

test("who waits reads a line for every table, then the verdict", async t => {
  const layout = temporaryLayout(t);
  const { code, out } = await waited(layout, id => {
    const [table, target] = ["hive.sales.orders", "lake.sales_iceberg.orders"];
    tell(layout, id, { event: "planned", steps: [{ table, target, action: "create" }], parallel: 1 });
    tell(layout, id, { event: "table-started", table, target, action: "create" });
    tell(layout, id, { event: "table-ended", table, outcome: outcome("orders", { rows: "1234", bytes: "5600" }) });
    end(layout, id, { tables: [outcome("orders", { rows: "1234", bytes: "5600" })] });
  });
  assert.equal(code, 0);
  assert.deepEqual(out.trim().split("\n").slice(2), [
    "planned: hive.sales.orders (create)",
    "hive.sales.orders -> lake.sales_iceberg.orders: create",
    "hive.sales.orders: succeeded, 1,234 rows, 5.6 KB in 2 files, 1.3 s, proof equal",
    "✓ succeeded: 1 table, 1,234 rows, 5.6 KB",
  ]);
});

for (const [given, code] of [
  [{ status: "failed", exitCode: 1 }, 1],
  [{ status: "failed", exitCode: 2 }, 2],
  [{ status: "failed", exitCode: 3 }, 3],
  [{ status: "failed", exitCode: null }, 1],
  [{ status: "cancelled", exitCode: null, cancelledBy: "ada" }, 130],
] as const)
  test(`who waits for a job that ends ${given.status} with ${given.exitCode} gets the exit code ${code}`, async t => {
    const layout = temporaryLayout(t);
    const error = { message: "Why it did not work." };
    const ran = await waited(layout, id => end(layout, id, { ...given, error }));
    assert.equal(ran.code, code);
    const verdict = given.status === "failed" ? /✕ failed: Why it did not work\.\n$/ : /– cancelled by ada\n$/;
    assert.match(ran.out, verdict);
  });

test("who waits for a job that is rejected reads the reason and gets the exit code 2", async t => {
  const layout = temporaryLayout(t);
  const { code, err } = await waited(layout, id => {
    writeFileSync(join(layout.rejected, `${id}.json.reason.txt`), "line 3, tables: expected a list\n");
    rmSync(join(layout.queue, `${id}.json`));
  });
  assert.equal(code, 2);
  assert.match(err, /line 3, tables: expected a list/);
});

test("who waits for a job whose file somebody removed is told, and does not wait for ever", async t => {
  const layout = temporaryLayout(t);
  const { code, err } = await waited(layout, id => rmSync(join(layout.queue, `${id}.json`)));
  assert.equal(code, 1);
  assert.match(err, /somebody removed its file/);
});
