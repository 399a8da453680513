import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { setImmediate } from "node:timers/promises";
import { execa } from "execa";
import { rebuildAudit } from "../../../core/audit/rebuild.ts";
import { verifyArchive } from "../../../core/audit/verify-chain.ts";
import { temporaryLayout } from "./archive.ts";

test("the report can be made anew and checked while the worker appends to it", async t => {
  const layout = temporaryLayout(t);
  const program = join(import.meta.dirname, "appender.ts");
  const worker = execa(process.execPath, [program, layout.root]);
  let running = true;
  const ended = worker.finally(() => {
    running = false;
  });
  let rebuilt = 0;
  while (rebuilt < 8 && running) {
    rebuildAudit(layout);
    assert.deepEqual(verifyArchive(layout).problems, []);
    if (existsSync(join(layout.archive, "audit.csv"))) rebuilt += 1;
    await setImmediate();
  }
  worker.stdin.end();
  const jobs = Number((await ended).stdout);
  assert.ok(jobs > 0);
  const report = () => ["audit.csv", "audit-tables.csv"].map(name => readFileSync(join(layout.archive, name), "utf8"));
  const appended = report();
  assert.equal(appended[0]?.split("\n").length, jobs + 2);
  rebuildAudit(layout);
  assert.deepEqual(report(), appended);
});
