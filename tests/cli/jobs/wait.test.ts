import assert from "node:assert/strict";
import { readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import type { NewEvent } from "../../../core/jobs/events.ts";
import { eventShape, type JobEvent } from "../../../core/jobs/events.ts";
import { isId } from "../../../core/jobs/id.ts";
import type { JobRecord } from "../../../core/jobs/record.ts";
import { eventsFile, type Layout } from "../../../core/store/layout.ts";
import { appendLine } from "../../../core/system/ndjson.ts";
import { archive, outcome, temporaryLayout } from "../../core/audit/archive.ts";
import { INGEST, job, type Ran, write } from "../run.ts";

// Submits a job with --wait, and does with it what a worker would.
async function waited(layout: Layout, work: (id: string) => void | Promise<void>): Promise<Ran> {
  const ran = job(layout, ["submit", write(layout, "mine.json", INGEST), "--wait"]);
  const ids = () => readdirSync(layout.queue).map(name => name.replace(/\.json$/, ""));
  while (!ids().some(isId)) await pause(20);
  await work(ids().find(isId)!);
  return await ran;
}

function tell(layout: Layout, id: string, event: NewEvent): void {
  appendLine(eventsFile(layout, id), eventShape, { at: new Date().toISOString(), attempt: 1, ...event } as JobEvent);
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

test("who waits for a chain waits for all of it, and gets the exit code of the first that did not succeed", async t => {
  const layout = temporaryLayout(t);
  const ends: [string, Partial<JobRecord>][] = [];
  const { code, out } = await waited(layout, async id => {
    const [second, third] = [`${id}-1`, `${id}-1-1`];
    const then = [{ type: "migrate-iceberg" }, { type: "register-snowflake" }];
    ends.push([id, { then, followUps: [second] }], [second, { status: "failed", exitCode: 3, followUps: [third] }]);
    ends.push([third, { status: "failed", exitCode: 1 }]);
    end(layout, id, ends[0]![1]);
    for (const [follower, given] of ends.slice(1)) {
      // The worker makes a follow-up after the end of its parent, and then it takes its time.
      await pause(1_500);
      writeFileSync(join(layout.queue, `${follower}.json`), JSON.stringify({ type: "light", id: follower }));
      await pause(500);
      end(layout, follower, { error: { message: `not ${follower.length}` }, ...given });
    }
  });
  assert.equal(code, 3);
  const lines = out.trim().split("\n").slice(2);
  const [first, second, third] = ends.map(([id]) => id);
  assert.match(lines[0] ?? "", /^✓ succeeded/);
  assert.deepEqual(
    [lines[1], lines[2], lines[3], lines[4]],
    [`${second} follows`, `✕ failed: not ${second?.length}`, `${third} follows`, `✕ failed: not ${third?.length}`],
  );
  assert.ok(first && lines.length === 5);
});

test("where no follow-up was made, who waits is told so and does not wait for one", async t => {
  const layout = temporaryLayout(t);
  const failed = { status: "failed", exitCode: 1, then: [{ type: "migrate-iceberg" }], followUps: [] } as const;
  const { code, out } = await waited(layout, id =>
    end(layout, id, { ...failed, then: [...failed.then], followUps: [] }),
  );
  assert.equal(code, 1);
  assert.match(out, /no follow-up was made for: migrate-iceberg\n$/);
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
