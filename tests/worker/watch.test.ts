import assert from "node:assert/strict";
import { renameSync, rmSync } from "node:fs";
import { test } from "node:test";
import { requestCancel } from "../../files/cancel.ts";
import { watchQueue } from "../../worker/watch.ts";
import { hasEngine, makeWorld, until } from "./world.ts";

// Longer than any test may take: what is seen is seen by the watch, and not by the next look.
const NEVER = { timing: { scanEvery: 3_600_000, heartbeatEvery: 3_600_000 } };

test("a job that is submitted, one that is dropped by hand and a wish to cancel are seen without waiting for the next look", async t => {
  const world = makeWorld(t);
  const worker = world.start(NEVER);
  await worker.idle();
  const submitted = world.submit("light");
  await until(() => world.record(submitted)?.status === "succeeded");
  world.drop("by-hand.json", { type: "light" });
  await until(() => world.records().length === 2);
  const long = world.submit("light", { sleepMs: 60_000 });
  await until(() => hasEngine(world, long));
  requestCancel(world.layout, long, { by: "ben", at: new Date().toISOString() });
  await until(() => world.record(long)?.status === "cancelled");
  assert.equal(world.records().length, 3);
});

test("what is not a job wakes nobody, and a file that has gone neither", async t => {
  const world = makeWorld(t);
  let woken = 0;
  const { close } = watchQueue(world.layout, undefined as never, () => {
    woken += 1;
  });
  t.after(close);
  world.drop("notes.txt", "x");
  world.drop("worker.json", "{}");
  rmSync(`${world.layout.queue}/notes.txt`);
  world.drop("job.json", { type: "light" });
  await until(() => woken > 0);
  const before = woken;
  renameSync(`${world.layout.queue}/job.json`, `${world.layout.running}/job.json`);
  world.drop("next.json", { type: "light" });
  await until(() => woken > before);
  assert.ok(woken <= 4, `${woken} times`);
});

test("a folder that can't be watched is told once, and the queue is looked at every few seconds", async t => {
  const world = makeWorld(t);
  rmSync(world.layout.cancel, { recursive: true });
  const told: string[] = [];
  const log = { warn: (line: string) => told.push(line) };
  watchQueue({ ...world.layout, queue: "/nowhere" }, log as never, () => {}).close();
  assert.equal(told.length, 1);
  assert.match(told[0] ?? "", /^The queue can't be watched \(ENOENT.*\): looking every few seconds\.$/);
});
