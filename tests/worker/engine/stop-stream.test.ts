import assert from "node:assert/strict";
import { test } from "node:test";
import type { Claim } from "../../../core/jobs/running.ts";
import { requestCancel } from "../../../core/store/cancel.ts";
import { hasEngine, makeWorld, until, type World } from "../world.ts";

const TABLES = { sleepMs: 60_000, tables: ["a"] };

async function stop(world: World, id: string): Promise<void> {
  await until(() => hasEngine(world, id));
  requestCancel(world.layout, id, { by: "ben", at: new Date().toISOString() });
}

test("a stream that a person stops ends in order: it has succeeded, the record says who, its follow-up runs", async t => {
  const world = makeWorld(t);
  const interrupted: string[] = [];
  const sessions = {
    interrupt: async ({ id }: Claim) => void interrupted.push(id),
    end: async () => ({ gone: true as const }),
  };
  const worker = world.start({ sessions });
  const id = world.submit("stream", { ...TABLES, ends: true }, { then: [{ type: "light" }] });
  await stop(world, id);
  await worker.idle();
  const record = world.record(id);
  assert.deepEqual([record?.status, record?.stoppedBy, record?.cancelledBy], ["succeeded", "ben", undefined]);
  assert.equal(record?.tables[0]?.outcome, "succeeded");
  assert.deepEqual(interrupted, [], "what runs in its sessions is left to the engine");
  assert.equal(world.record(`${id}-1`)?.status, "succeeded");
});

test("a stream that is found wrong when it is stopped has failed and is not tried again", async t => {
  const world = makeWorld(t);
  const worker = world.start();
  const id = world.submit("stream", { ...TABLES, ends: true, failTables: ["a"] }, { maxAttempts: 5 });
  await stop(world, id);
  await worker.idle();
  const record = world.record(id);
  assert.deepEqual([record?.status, record?.stoppedBy, record?.attempts.length], ["failed", "ben", 1]);
});

test("a stream that does not end in time is killed, and cancelled", async t => {
  const world = makeWorld(t);
  const worker = world.start({ timing: { orderly: 300 } });
  const id = world.submit("stream", { ...TABLES, deaf: true });
  await stop(world, id);
  await worker.idle();
  const record = world.record(id);
  assert.deepEqual([record?.status, record?.cancelledBy, record?.stoppedBy], ["cancelled", "ben", undefined]);
});

test("a copy that ends as if it were done is cancelled all the same", async t => {
  const world = makeWorld(t);
  const worker = world.start();
  const id = world.submit("copy", { ...TABLES, ends: true });
  await stop(world, id);
  await worker.idle();
  assert.equal(world.record(id)?.status, "cancelled");
});
