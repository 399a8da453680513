import assert from "node:assert/strict";
import { renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import type { Claim } from "../../core/jobs/running.ts";
import { livingEngine } from "../../core/store/engine-mark.ts";
import { runningFiles } from "../../core/store/layout.ts";
import { createFile } from "../../core/system/atomic.ts";
import { readJson, toJson } from "../../core/system/json.ts";
import { startProcess } from "./start-process.ts";
import { hasEngine, makeWorld, textOf, until, type World } from "./world.ts";

test("a worker that is killed finds its engine still running and follows it to its end", async t => {
  const world = makeWorld(t);
  const write = join(world.layout.root, "runs.txt");
  const id = world.submit("copy", { sleepMs: 8000, write });
  const first = startProcess(t, world);
  await until(() => hasEngine(world, id));
  first.kill("SIGKILL");
  await first.ended;
  const pid = engineOf(world, id)?.pid;
  const second = startProcess(t, world);
  await second.prints(/runs on/);
  assert.equal(engineOf(world, id)?.pid, pid);
  await until(() => world.record(id) !== undefined);
  const record = world.record(id);
  assert.deepEqual([record?.status, record?.attempts.length], ["succeeded", 1]);
  assert.equal(textOf(write), `${id} 1 ${pid}\n`);
});

test("an engine that ended while no worker lived is archived with what it reported", async t => {
  const world = makeWorld(t);
  const write = join(world.layout.root, "runs.txt");
  const id = world.submit("copy", { sleepMs: 300, write, tables: ["a"] });
  const first = startProcess(t, world);
  await until(() => hasEngine(world, id));
  first.kill("SIGKILL");
  await until(() => readJson(runningFiles(world.layout, id).result) !== undefined);
  const worker = world.start();
  await worker.idle();
  const record = world.record(id);
  assert.deepEqual([record?.status, record?.tables[0]?.outcome], ["succeeded", "succeeded"]);
  assert.equal(textOf(write).split("\n").length, 2);
});

test("an engine that died while no worker lived has crashed, and its job is tried again while attempts remain", async t => {
  const world = makeWorld(t);
  const id = world.submit("copy", { sleepMs: 60_000 }, { maxAttempts: 2 });
  const first = startProcess(t, world);
  await until(() => hasEngine(world, id));
  first.kill("SIGKILL");
  await first.ended;
  const engine = engineOf(world, id)!;
  process.kill(engine.pid, "SIGKILL");
  await until(() => engineOf(world, id) === undefined);
  const worker = world.start();
  await until(() => engineOf(world, id)?.attempt === 2);
  process.kill(engineOf(world, id)!.pid, "SIGKILL");
  await worker.idle();
  const record = world.record(id);
  assert.equal(record?.status, "failed");
  assert.equal(record.attempts.length, 2);
  assert.match(record.error?.message ?? "", /crashed.*killed by SIGKILL/);
  assert.match(record.attempts[0]?.error?.message ?? "", /crashed.*its process is gone/);
});

test("TERM leaves the engines running for the next worker", async t => {
  const world = makeWorld(t);
  const id = world.submit("copy", { sleepMs: 1000 });
  const first = startProcess(t, world);
  await until(() => hasEngine(world, id));
  first.kill("SIGTERM");
  assert.deepEqual(await first.ended, { exitCode: 0, signal: undefined });
  assert.ok(engineOf(world, id));
  await world.start().idle();
  assert.equal(world.record(id)?.status, "succeeded");
});

test("Ctrl-C ends the engines and queues their jobs again without using an attempt", async t => {
  const world = makeWorld(t);
  const id = world.submit("copy", { sleepMs: 60_000 });
  const first = startProcess(t, world);
  await until(() => hasEngine(world, id));
  first.kill("SIGINT");
  assert.deepEqual(await first.ended, { exitCode: 0, signal: undefined });
  assert.deepEqual(world.queued(), [`${id}.json`]);
  // The next turn has its own sessions: Spark does not open one again that was released.
  const worker = world.start();
  await until(() => hasEngine(world, id));
  const claim = readJson<Claim>(runningFiles(world.layout, id).claim);
  assert.deepEqual([claim?.attempt, claim?.claimNumber], [1, 2]);
  assert.equal(claim?.origin.submittedBy, "anna");
  await worker.stop("requeue");
  assert.deepEqual(world.queued(), [`${id}.json`]);
});

test("a second signal ends the worker at once, whatever its engines do", async t => {
  const world = makeWorld(t);
  const id = world.submit("copy", { sleepMs: 60_000, deaf: true });
  const worker = startProcess(t, world);
  await until(() => hasEngine(world, id));
  worker.kill("SIGINT");
  await worker.prints(/asking the engines to stop/);
  worker.kill("SIGTERM");
  assert.deepEqual(await worker.ended, { exitCode: 1, signal: undefined });
});

test("a second worker says who holds the folder, stands by, and takes over after a kill -9", async t => {
  const world = makeWorld(t);
  const first = startProcess(t, world);
  await first.prints(/watching/);
  const second = startProcess(t, world);
  await second.prints(new RegExp(`Another worker is at work in .*: process ${first.pid} on .*Standing by`));
  const id = world.submit("light");
  await until(() => world.record(id) !== undefined);
  assert.doesNotMatch(second.printed(), /watching/);
  first.kill("SIGKILL");
  await second.prints(/watching/);
  const other = world.submit("light");
  await until(() => world.record(other) !== undefined);
});

test("a claim whose engine never marked itself is launched as the same attempt", async t => {
  const world = makeWorld(t);
  const id = world.submit("light", {}, { maxAttempts: 1 });
  const { claim, job } = runningFiles(world.layout, id);
  const template = { id, type: "light", attempt: 1, claimNumber: 1, host: "here", claimedAt: new Date().toISOString() };
  const origin = { via: "portal", submittedBy: "anna", submittedAt: new Date().toISOString() };
  createFile(claim, toJson({ ...template, origin, trusted: true, takenFrom: `${id}.json`, sessions: [] }));
  renameSync(join(world.layout.queue, `${id}.json`), job);
  await world.start().idle();
  assert.deepEqual([world.record(id)?.status, world.record(id)?.attempts.length], ["succeeded", 1]);
});

test("files in running/ that are not the worker's are left alone", async t => {
  const world = makeWorld(t);
  const mine = ["notes.txt", "job.json", "20260101T000000000Z-light-aaaaaa.json"];
  for (const name of mine) writeFileSync(join(world.layout.running, name), "{}");
  const id = world.submit("light");
  await world.start().idle();
  assert.equal(world.record(id)?.status, "succeeded");
  assert.deepEqual(world.running().sort(), mine.sort());
});

function engineOf({ layout }: World, id: string) {
  const claim = readJson<Claim>(runningFiles(layout, id).claim);
  return claim && livingEngine(layout, claim);
}
