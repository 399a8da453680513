import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { openIndex } from "../../../../core/audit/index/open.ts";
import { everything, worldOf } from "./world.ts";

test("two processes keep one index while a third archives: nothing is missed, nothing counted twice", async t => {
  const { layout, index } = worldOf(t);
  const other = spawn(process.execPath, [join(import.meta.dirname, "follower.ts"), layout.root, "300"]);
  const worker = spawn(process.execPath, [join(import.meta.dirname, "..", "appender.ts"), layout.root, "300"]);
  t.after(() => [other, worker].forEach(child => void child.kill()));
  const ended = [once(worker, "exit"), once(other, "exit")];
  let seen = 0;
  let versions = 0;
  while (index.count({}, 0).jobs < 300) {
    const { jobs } = await index.totals({});
    assert.ok(jobs >= seen, "what was there stays");
    assert.ok(index.version >= versions);
    seen = jobs;
    versions = index.version;
    index.refresh();
    await pause(3);
  }
  assert.deepEqual(await Promise.all(ended), [
    [0, null],
    [0, null],
  ]);
  await index.reconcile();
  assert.equal((await index.totals({})).jobs, 300);
  const reader = openIndex(layout);
  assert.deepEqual(await everything(reader), await everything(index));
  reader.close();
});
