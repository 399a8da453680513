import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import { rebuildAudit } from "../../audit/rebuild.ts";
import { verifyArchive } from "../../audit/verify.ts";
import { temporaryLayout } from "./archive.ts";

test("the report can be made anew and checked while the worker appends to it", async t => {
  const layout = temporaryLayout(t);
  const program = join(import.meta.dirname, "appender.ts");
  const worker = spawn(process.execPath, [program, layout.root, "300"], { stdio: ["ignore", "inherit", "inherit"] });
  const ended = once(worker, "exit");
  let rebuilt = 0;
  while (worker.exitCode === null && worker.signalCode === null) {
    rebuildAudit(layout);
    assert.deepEqual(verifyArchive(layout).problems, []);
    rebuilt += 1;
    await turn();
  }
  assert.deepEqual(await ended, [0, null]);
  assert.ok(rebuilt > 3);
  const report = () => ["audit.csv", "audit-tables.csv"].map(name => readFileSync(join(layout.archive, name), "utf8"));
  const appended = report();
  assert.equal(appended[0]?.split("\n").length, 302);
  rebuildAudit(layout);
  assert.deepEqual(report(), appended);
});
