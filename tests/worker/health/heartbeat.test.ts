import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import type { Heartbeat } from "../../../core/store/heartbeat.ts";
import { readJson } from "../../../core/system/json.ts";
import { hasEngine, makeWorld, until, type World } from "../world.ts";

test("the heartbeat says who works, what runs, what waits and how the services are", async t => {
  const world = makeWorld(t, { WORKER_CONCURRENCY: "1" });
  const health = async () => ({ spark: { ok: true, ms: 3, version: "4.1.3" } });
  const worker = world.start({ health });
  const id = world.submit("copy", { sleepMs: 60_000 });
  world.submit("copy");
  await until(() => hasEngine(world, id));
  await until(() => beatOf(world)?.waiting === 1 && beatOf(world)?.running.length === 1);
  await until(() => beatOf(world)?.services.spark?.version === "4.1.3");
  const beat = beatOf(world)!;
  assert.deepEqual([beat.pid, beat.stopping, beat.lowDisk], [process.pid, false, false]);
  const { since, ...running } = beat.running[0]!;
  assert.deepEqual(running, { id, type: "copy", attempt: 1, lane: "copy" });
  assert.ok(Date.parse(since) <= Date.now() && beat.freeMb > 0);
  await worker.stop("leave");
  assert.equal(beatOf(world)?.stopping, true);
});

test("a service that hangs does not stop the heartbeat", async t => {
  const world = makeWorld(t);
  world.start({ health: () => new Promise(() => {}) });
  const first = beatOf(world)?.at;
  await until(() => beatOf(world)?.at !== first);
});

test("a job that is dropped under the heartbeat's own name is run too", async t => {
  const world = makeWorld(t);
  const worker = world.start();
  world.drop("worker.json", { type: "light", parameters: { n: 9 } });
  await until(() => world.records().length === 1);
  assert.deepEqual([world.records()[0]?.status, world.records()[0]?.parameters.n], ["succeeded", 9]);
  await worker.idle();
  assert.equal(beatOf(world)?.pid, process.pid);
});

function beatOf({ layout }: World): Heartbeat | undefined {
  return readJson<Heartbeat>(join(layout.queue, "worker.json"));
}
