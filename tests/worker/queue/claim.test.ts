import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import type { Claim } from "../../../core/jobs/running.ts";
import type { Heartbeat } from "../../../core/store/heartbeat.ts";
import { runningFiles } from "../../../core/store/layout.ts";
import { readJson } from "../../../core/system/json.ts";
import type { EngineEnd, Following } from "../../../worker/engine/follow.ts";
import type { Claimed } from "../../../worker/queue/claim.ts";
import { makeWorld, until } from "../world.ts";

/** Engines that run until the test ends them. */
function byHand() {
  const open = new Map<string, (exitCode: number) => void>();
  const started: string[] = [];
  const run = (_: unknown, { claim }: Claimed): Following => {
    const { promise, resolve } = Promise.withResolvers<EngineEnd | undefined>();
    const finish = (exitCode: number) => {
      open.delete(claim.id);
      const result = {
        id: claim.id,
        attempt: claim.attempt,
        exitCode,
        finishedAt: new Date().toISOString(),
        outcomes: [],
      };
      resolve({ ran: true, exitCode, result });
    };
    open.set(claim.id, finish);
    started.push(claim.id);
    return { ended: promise, end: () => finish(130), leave: () => resolve(undefined) };
  };
  return { run, started, open: () => [...open.keys()], finish: (id: string, exitCode = 0) => open.get(id)?.(exitCode) };
}

test("a higher priority goes first, then the job that was submitted first", async t => {
  const world = makeWorld(t, { WORKER_CONCURRENCY: "1" });
  const at = (second: number) => ({ submittedAt: `2026-01-01T00:00:0${second}.000Z` });
  const late = world.submit("copy", {}, at(5));
  const early = world.submit("copy", {}, at(1));
  const urgent = world.submit("copy", {}, { ...at(9), priority: 5 });
  const low = world.submit("copy", {}, { ...at(0), priority: -1 });
  const engines = byHand();
  const worker = world.start({ run: engines.run });
  for (let n = 1; n <= 4; n++) {
    await until(() => engines.started.length === n);
    engines.finish(engines.started[n - 1]!);
  }
  await worker.idle();
  assert.deepEqual(engines.started, [urgent, early, late, low]);
});

test("copy jobs take two slots, light jobs four of their own, and streams as many as come", async t => {
  const world = makeWorld(t);
  const engines = byHand();
  for (let n = 0; n < 6; n++) for (const type of ["copy", "light", "stream"]) world.submit(type);
  world.start({ run: engines.run });
  await until(() => engines.started.length === 12);
  const count = (type: string) => engines.open().filter(id => id.includes(`-${type}-`)).length;
  assert.deepEqual([count("copy"), count("light"), count("stream")], [2, 4, 6]);
  const light = engines.open().find(id => id.includes("-light-"))!;
  engines.finish(light);
  await until(() => engines.started.length === 13);
  assert.deepEqual([count("copy"), count("light")], [2, 4]);
  for (const id of engines.open()) engines.finish(id);
});

for (const [first, second, together] of [
  ["lake.sales.orders", "lake.sales.orders", false],
  ["lake.sales.orders", "LAKE.Sales.Orders", false],
  ["lake.sales.*", "lake.sales.orders", false],
  ["lake.sales.orders", "lake.sales.*", false],
  ["lake.sales.*", "lake.sales.*", false],
  ["lake.sales.orders", "lake.sales.customers", true],
  ["lake.sales.*", "lake.sales_old.orders", true],
  ["lake.sales.orders", "azure.sales.orders", true],
] as const) {
  test(`a job that writes ${second} ${together ? "runs beside" : "waits for"} one that writes ${first}`, async t => {
    const world = makeWorld(t);
    const engines = byHand();
    const worker = world.start({ run: engines.run });
    const one = world.submit("copy", { targets: [first] });
    await until(() => engines.started.length === 1);
    const two = world.submit("copy", { targets: [second] });
    const other = world.submit("light");
    await until(() => engines.started.includes(other) && (!together || engines.started.includes(two)));
    assert.equal(engines.started.includes(two), together);
    engines.finish(one);
    await until(() => engines.started.includes(two));
    for (const id of engines.open()) engines.finish(id);
    await worker.idle();
  });
}

test("a job that waits for a whole namespace is not overtaken there by later jobs", async t => {
  const world = makeWorld(t);
  const engines = byHand();
  world.start({ run: engines.run });
  const first = world.submit("stream", { targets: ["lake.s.a"] });
  await until(() => engines.started.length === 1);
  const whole = world.submit("stream", { targets: ["lake.s.*"] });
  const later = world.submit("stream", { targets: ["lake.s.b"] });
  const elsewhere = world.submit("stream", { targets: ["lake.t.b"] });
  await until(() => engines.started.includes(elsewhere));
  assert.deepEqual(engines.started, [first, elsewhere]);
  engines.finish(first);
  await until(() => engines.started.includes(whole));
  assert.ok(!engines.started.includes(later));
  engines.finish(whole);
  await until(() => engines.started.includes(later));
});

test("between two attempts a job waits in queue/ and holds no slot", async t => {
  const world = makeWorld(t, { WORKER_CONCURRENCY: "1" });
  const engines = byHand();
  const worker = world.start({ run: engines.run, timing: { backoffBase: 60_000, backoffCap: 60_000 } });
  const failing = world.submit("copy", {}, { maxAttempts: 3 });
  await until(() => engines.started.length === 1);
  const next = world.submit("copy");
  engines.finish(failing, 1);
  await until(() => engines.started.length === 2);
  assert.deepEqual(engines.started, [failing, next]);
  assert.ok(world.queued().includes(`${failing}.json`));
  assert.equal(world.running().includes(`${failing}.claim.json`), false);
  engines.finish(next);
  await worker.stop("leave");
});

test("a job that waits for another attempt is not overtaken where it writes, and ends before the later one begins", async t => {
  const world = makeWorld(t);
  const engines = byHand();
  const worker = world.start({ run: engines.run, timing: { backoffBase: 1000, backoffCap: 1000 } });
  const first = world.submit("copy", { targets: ["lake.s.a"] }, { maxAttempts: 2 });
  await until(() => engines.started.length === 1);
  const second = world.submit("copy", { targets: ["lake.s.a"] });
  engines.finish(first, 1);
  const elsewhere = world.submit("copy", { targets: ["lake.s.b"] });
  const begun = () => engines.started.filter(id => id === first).length;
  await until(() => engines.started.includes(elsewhere) && (begun() === 2 || engines.started.includes(second)));
  assert.equal(engines.started.includes(second), false);
  engines.finish(first);
  await until(() => engines.started.includes(second));
  for (const id of engines.open()) engines.finish(id);
  await worker.idle();
});

test("low disk stops claiming, and goes on when there is room", async t => {
  const world = makeWorld(t, { MIN_FREE_MB: "100" });
  let free = 50 * 1024 ** 2;
  const engines = byHand();
  const worker = world.start({ run: engines.run, freeBytes: () => free });
  const id = world.submit("copy");
  const beat = join(world.layout.queue, "worker.json");
  await until(() => readBeat(beat)?.waiting === 1);
  assert.equal(readBeat(beat)?.lowDisk, true);
  assert.deepEqual(engines.started, []);
  free = 500 * 1024 ** 2;
  await until(() => engines.started.length === 1);
  engines.finish(id);
  await worker.idle();
  assert.equal(world.record(id)?.status, "succeeded");
});

test("a claim names the job's attempt, its origin and seventeen sessions of its own", async t => {
  const world = makeWorld(t);
  const engines = byHand();
  world.start({ run: engines.run });
  const id = world.submit("copy");
  await until(() => engines.started.length === 1);
  const claim = readJson<Claim>(runningFiles(world.layout, id).claim);
  assert.deepEqual([claim?.attempt, claim?.claimNumber, claim?.origin.submittedBy], [1, 1, "anna"]);
  assert.equal(new Set(claim?.sessions).size, 17);
  engines.finish(id);
});

function readBeat(path: string): Heartbeat | undefined {
  return readJson<Heartbeat>(path);
}
