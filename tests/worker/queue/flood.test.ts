import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { parseJobFile } from "../../../core/jobs/parse/parse.ts";
import type { Following } from "../../../worker/engine/follow.ts";
import type { Claimed } from "../../../worker/queue/claim.ts";
import { testTypes } from "../job-types.ts";
import { makeWorld, textOf, until, type World } from "../world.ts";

const FILES = Number(process.env.FLOOD_FILES ?? 5_000);
// Against a plain read of all files. Three, and twice that for a machine that does other things beside.
const RATIO = 6;
const MEMORY = existsSync("/dev/shm") ? "/dev/shm" : tmpdir();

const GOOD = '{ "type": "light", "parameters": { "n": 7, "targets": ["a.b"] }, "then": [{ "type": "copy" }] }';
const MUTATIONS: readonly ((n: number) => string)[] = [
  n => GOOD.replace("light", `light${n}`),
  n => GOOD.replace('"n"', `"n${n}"`),
  n => GOOD.replace("7", `"${n}"`),
  n => GOOD.replace('"then"', `"then${n}"`),
  n => GOOD.replace("copy", `copy${n}`),
  () => GOOD.replace('["a.b"]', "[".repeat(400)),
  n => GOOD.replace("{ ", `{ "k${n}": ${"[".repeat(n % 300)}1${"]".repeat(n % 300)}, `),
];

test(`${FILES} bad files are answered at the pace of a plain read of them, and a good job that comes last waits no longer`, async t => {
  const world = makeWorld(t, {}, MEMORY);
  for (let n = 0; n < FILES; n++) drop(world, n);
  const plain = await timed(async () => {
    for (const name of world.queued()) parseJobFile(readFileSync(join(world.layout.queue, name)), testTypes);
  });
  const worker = world.start();
  const start = performance.now();
  world.drop("zz good.json", { type: "light" });
  let taken = Number.POSITIVE_INFINITY;
  const answered = await timed(async () => {
    await until(() => {
      if (world.records().length > 0) taken = Math.min(taken, performance.now() - start);
      return readdirSync(world.layout.rejected).length === 2 * FILES;
    });
  });
  await worker.idle();
  t.diagnostic(`plain read ${plain.toFixed(0)} ms, all answered ${answered.toFixed(0)} ms`);
  assert.ok(answered <= RATIO * plain + 3_000, `${(answered / plain).toFixed(1)} times a plain read`);
  assert.equal(world.records().filter(({ file }) => file === "zz good.json").length, 1);
  assert.ok(taken <= RATIO * plain + 3_000, `the good job ended ${taken.toFixed(0)} ms after it came`);
  for (const name of readdirSync(world.layout.rejected).filter(one => !one.endsWith(".reason.txt")))
    assert.ok(textOf(join(world.layout.rejected, `${name}.reason.txt`)).length > 20, name);
});

test("jobs are taken while the files after them are still looked at, the one that was submitted first before the others", async t => {
  const world = makeWorld(t, {}, MEMORY);
  for (let n = 0; n < 200; n++) world.drop(`a ${n}.json`, { type: "light" });
  world.drop("z first.json", { type: "light" });
  const old = new Date("2001-01-01");
  utimesSync(join(world.layout.queue, "z first.json"), old, old);
  const taken: string[] = [];
  let left = 0;
  const shape = testTypes.light!.shape.refine(takesTime);
  const worker = world.start({ types: { light: { ...testTypes.light!, shape } }, run: (_, claimed) => take(claimed) });
  await worker.idle();
  assert.equal(taken.length, 201);
  assert.equal(taken[0], "z first.json");
  assert.ok(left > 100, `${left} files waited when the first was taken`);

  function take({ claim, job }: Claimed): Following {
    if (taken.length === 0) left = world.queued().length;
    taken.push(job.file ?? "");
    const result = { id: claim.id, attempt: 1, exitCode: 0, finishedAt: new Date().toISOString(), outcomes: [] };
    return { ended: Promise.resolve({ ran: true, exitCode: 0, result }), end: () => {}, leave: () => {} };
  }
});

test("a file that makes what reads it throw is rejected by itself, with the reason, and those beside it run", async t => {
  const world = makeWorld(t);
  const thrower = (what: string) => () => {
    throw new RangeError(what);
  };
  const types = {
    ...testTypes,
    "bad-shape": { ...testTypes.light!, shape: testTypes.light!.shape.superRefine(thrower("the shape gave up")) },
    "bad-writes": { ...testTypes.light!, writes: thrower("the targets gave up") },
  };
  const worker = world.start({ types });
  world.drop("a.json", { type: "bad-shape" });
  world.drop("b.json", { type: "bad-writes" });
  world.drop("c.json", `{"type":"light","x":${"[".repeat(9_000)}${"]".repeat(9_000)}}`);
  const good = world.submit("light");
  await worker.idle();
  assert.equal(world.record(good)?.status, "succeeded");
  const reason = (name: string) => textOf(join(world.layout.rejected, `${name}.reason.txt`));
  assert.match(reason("a.json"), /can't examine this file: the shape gave up/);
  assert.match(reason("b.json"), /the targets gave up/);
  assert.match(reason("c.json"), /nested deeper than 100 levels/);
});

test("a bad file that is corrected before it is moved is not rejected", async t => {
  const world = makeWorld(t);
  world.drop("a.json", { type: "lihgt" });
  let corrected = false;
  const light = { ...testTypes.light!, shape: testTypes.light!.shape.refine(correct) };
  world.drop("b.json", { type: "light" });
  const worker = world.start({ types: { light } });
  await worker.idle();
  assert.deepEqual(readdirSync(world.layout.rejected), []);
  assert.equal(world.records().length, 2);

  function correct(): boolean {
    if (!corrected) writeFileSync(join(world.layout.queue, "a.json"), '{ "type": "light" }');
    corrected = true;
    return true;
  }
});

function drop(world: World, n: number) {
  const mutation = MUTATIONS[n % MUTATIONS.length];
  writeFileSync(join(world.layout.queue, `bad ${n}.json`), mutation?.(n) ?? "");
}

function takesTime(): boolean {
  for (const until = performance.now() + 5; performance.now() < until; );
  return true;
}

async function timed(work: () => Promise<void>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}
