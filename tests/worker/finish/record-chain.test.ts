import assert from "node:assert/strict";
import { rmSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { recordHash } from "../../../core/jobs/record.ts";
import { openRecordChain } from "../../../worker/finish/record-chain.ts";
import { makeWorld, type World } from "../world.ts";

test("records are chained in the order of archiving", async t => {
  const world = makeWorld(t);
  await archive(world, 3);
  const [first, second, third] = world.records();
  assert.equal(first?.previousHash, "0".repeat(64));
  assert.equal(second?.previousHash, first?.hash);
  assert.equal(third?.previousHash, second?.hash);
  assert.equal(third?.hash, recordHash(third!));
});

test("the chain goes on after a restart, from the cache, from an old cache, from a broken one and from none", async t => {
  const world = makeWorld(t);
  await archive(world, 2);
  const file = join(world.layout.archive, "head.json");
  const [first, second] = world.records();
  const head = { sequence: 2, hash: second!.hash };
  assert.deepEqual(openRecordChain(world.layout).head(), head, "from the cache");
  const saved = { sequence: 1, hash: first!.hash, id: first!.id, month: first!.finishedAt.slice(0, 7) };
  writeFileSync(file, JSON.stringify({ ...saved, savedAt: Date.parse(first!.finishedAt) }));
  assert.deepEqual(openRecordChain(world.layout).head(), head, "rolled forward");
  writeFileSync(file, JSON.stringify({ ...saved, hash: "f".repeat(64), sequence: 99, savedAt: Date.now() }));
  assert.deepEqual(openRecordChain(world.layout).head(), head, "a cache that lies");
  writeFileSync(file, "{");
  assert.deepEqual(openRecordChain(world.layout).head(), head, "a torn cache");
  rmSync(file);
  assert.deepEqual(openRecordChain(world.layout).head(), head, "no cache");
});

test("records older than the cache are not read at a start", async t => {
  const world = makeWorld(t);
  await archive(world, 2);
  const [first] = world.records();
  const path = join(world.layout.archive, first!.finishedAt.slice(0, 7), `${first!.id}.json`);
  // If it were read, this would be the head.
  writeFileSync(path, JSON.stringify({ ...first, sequence: 50 }));
  utimesSync(path, new Date("2020-01-01"), new Date("2020-01-01"));
  assert.equal(openRecordChain(world.layout).head().sequence, 2);
});

test("with AUDIT_KEY the hashes are made with that key", async t => {
  const world = makeWorld(t, { AUDIT_KEY: "secret" });
  await archive(world, 1);
  const [record] = world.records();
  assert.equal(record?.hash, recordHash(record!, "secret"));
  assert.notEqual(record?.hash, recordHash(record!));
});

async function archive(world: World, jobs: number) {
  const worker = world.start();
  for (let n = 0; n < jobs; n++) {
    world.submit("light");
    await worker.idle();
  }
  await worker.stop("leave");
}
