import assert from "node:assert/strict";
import { renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import pino from "pino";
import { newId } from "../../../core/jobs/id.ts";
import { requestCancel } from "../../../core/store/cancel.ts";
import { watchQueue } from "../../../worker/queue/watch.ts";
import { hasEngine, makeWorld, until, type World } from "../world.ts";

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
  const { woken } = await watching(t, world);
  world.drop("notes.txt", "x");
  world.drop("worker.json", "{}");
  rmSync(`${world.layout.queue}/notes.txt`);
  world.drop("job.json", { type: "light" });
  await until(() => woken() > 0);
  const before = woken();
  renameSync(`${world.layout.queue}/job.json`, `${world.layout.running}/job.json`);
  world.drop("next.json", { type: "light" });
  await until(() => woken() > before);
  assert.ok(woken() <= 4, `${woken()} times`);
});

test("while more than fifty files wait the watch of the queue rests, and goes on when fewer do", async t => {
  const world = makeWorld(t);
  const { woken, rest } = await watching(t, world);
  rest(51);
  world.drop("unseen.json", { type: "light" });
  const id = newId("light");
  requestCancel(world.layout, id, { by: "ben", at: new Date().toISOString() });
  await until(() => woken() > 0);
  assert.equal(woken(), 1, "by the request alone");
  rest(50);
  await until(() => woken() > 1);
  const before = woken();
  world.drop("seen.json", { type: "light" });
  await until(() => woken() > before);
});

test("a schedule that is written wakes the worker", async t => {
  const world = makeWorld(t);
  const { woken } = await watching(t, world);
  writeFileSync(join(world.layout.schedules, "nightly.json"), "{}");
  await until(() => woken() > 0);
});

/** A watch that has begun, and how often it has called since. */
async function watching(t: TestContext, { layout }: World) {
  let calls = 0;
  const watch = watchQueue({ layout, log: pino({ level: "silent" }) }, () => {
    calls += 1;
  });
  t.after(watch.close);
  // Each of its two watchers calls once when it begins.
  await until(() => calls === 2);
  return { woken: () => calls - 2, rest: watch.rest };
}
