import assert from "node:assert/strict";
import { existsSync, readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import type { JobRecord } from "../../../core/jobs/record.ts";
import { readJson } from "../../../core/system/json.ts";
import type { Following } from "../../../worker/engine/follow.ts";
import type { Claimed } from "../../../worker/queue/claim.ts";
import { makeWorld, until, type World } from "../world.ts";

const FILES = Number(process.env.BURST_FILES ?? 20_000);

// Where it can be had, a disk in memory: here counting matters, and on a disk most of the time is spent in fsync.
const MEMORY = existsSync("/dev/shm") ? "/dev/shm" : tmpdir();

test(`${FILES} files that come while the worker can't look are each taken once, also under names used before`, async t => {
  const world = makeWorld(t, {}, MEMORY);
  const times = new Map<unknown, number>();
  const run = (_: unknown, claimed: Claimed) => count(claimed, times);
  const worker = world.start({ run });
  await worker.idle();
  const start = performance.now();
  // The loop is blocked as long as this writes.
  for (let n = 0; n < FILES; n++) drop(world, n, n);
  const dropped = performance.now();
  const again = FILES / 10;
  await until(() => times.size > again * 2);
  const free = Array.from({ length: FILES }, (_, n) => n)
    .filter(n => times.has(n))
    .slice(0, again);
  for (const n of free) drop(world, n, FILES + n);
  await worker.idle();
  const seconds = (from: number) => ((performance.now() - from) / 1000).toFixed(1);
  t.diagnostic(
    `${FILES} files in ${((dropped - start) / 1000).toFixed(1)} s, all archived ${seconds(dropped)} s later`,
  );
  assert.equal(times.size, FILES + free.length);
  assert.deepEqual(
    [...times].filter(([, often]) => often !== 1),
    [],
  );
  assert.equal(archived(world), FILES + free.length);
  assert.deepEqual(world.queued(), []);
  assert.deepEqual(world.running(), []);
});

function drop(world: World, name: number, n: number) {
  world.drop(`job ${name}.json`, { type: "light", parameters: { n } });
}

function count({ claim, job }: Claimed, times: Map<unknown, number>): Following {
  times.set(job.parameters.n, (times.get(job.parameters.n) ?? 0) + 1);
  const result = { id: claim.id, attempt: 1, exitCode: 0, finishedAt: new Date().toISOString(), outcomes: [] };
  return { ended: Promise.resolve({ ran: true, exitCode: 0, result }), end: () => {}, leave: () => {} };
}

function archived({ layout }: World): number {
  const months = readdirSync(layout.archive).filter(name => /^\d{4}-\d{2}$/.test(name));
  const paths = months.flatMap(month =>
    readdirSync(join(layout.archive, month)).map(name => join(layout.archive, month, name)),
  );
  return new Set(paths.map(path => readJson<JobRecord>(path)?.parameters.n)).size;
}
