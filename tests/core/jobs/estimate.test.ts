import assert from "node:assert/strict";
import { test } from "node:test";
import { kindOf } from "../../../core/audit/index/paces.ts";
import { estimateJob, estimateLeft, jobPaceOf, type PastJob, slowerThanUsual } from "../../../core/jobs/estimate.ts";
import { worldOf } from "../audit/index/world.ts";

const PARALLEL = 4;

/** Numbers from 0 to 1 that are the same in every run, and what is made of them. */
function randomness(seed: number) {
  let state = seed;
  const next = () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  const normal = () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());
  return { next, spread: (sigma: number) => Math.exp(sigma * normal()) };
}

/** A job as machines do them: tables of all sizes, a good day or a bad one, and each table a little otherwise. */
function job(seed: number, slower = 1): PastJob {
  const { next, spread } = randomness(seed);
  const day = spread(0.2) * slower;
  const tables = Array.from({ length: 1 + Math.floor(next() * 25) }, () => {
    const bytes = Math.round(2e7 * spread(2));
    return { bytes, seconds: (1.5 + bytes / 4e7) * day * spread(0.3) };
  });
  const slots = Array.from({ length: PARALLEL }, () => 0);
  for (const { seconds } of tables) {
    const first = slots.indexOf(Math.min(...slots));
    slots[first] = (slots[first] ?? 0) + seconds;
  }
  return { seconds: 3 * spread(0.3) + Math.max(...slots), tables };
}

test("after twenty jobs the range holds the truth for at least four in five, however a history goes on", () => {
  for (const seed of [1, 2, 3]) {
    // The machines become faster by half in the course of it.
    const history = Array.from({ length: 120 }, (_, i) => job(seed * 1000 + i, 1 - i / 240));
    let held = 0;
    let width = 0;
    for (let i = 20; i < history.length; i++) {
      const pace = jobPaceOf(history.slice(Math.max(0, i - 60), i), PARALLEL);
      const { seconds = 0, tables = [] } = history[i] ?? {};
      assert.ok(pace);
      const { low, usual, high } = estimateJob(pace, tables);
      if (low <= seconds && seconds <= high) held += 1;
      width += high / low / (history.length - 20);
      assert.ok(low <= usual && usual <= high);
    }
    const share = held / (history.length - 20);
    assert.ok(share >= 0.8, `history ${seed}: ${share} of the jobs`);
    assert.ok(width < 6, `history ${seed}: a range of ${width} times its low end says nothing`);
  }
});

test("an archive tells the pace of each kind of job, and two jobs tell nothing", async t => {
  const world = worldOf(t);
  const archive = (given: PastJob, to = "lake", planned = 1) => {
    const finishedAt = new Date(Date.UTC(2026, 10, 1) + world.records.length * 3_600_000);
    const startedAt = new Date(finishedAt.getTime() - given.seconds * 1000).toISOString();
    const bytes = given.tables.reduce((sum, one) => sum + (one.bytes ?? 0), 0);
    world.add({
      ...{ startedAt, finishedAt: finishedAt.toISOString() },
      attempts: [],
      parameters: { database: "sales" },
      receipt: {
        planned: { tables: given.tables.length, bytes: String(Math.round(bytes / planned)) },
        done: { tables: given.tables.length, seconds: given.seconds },
        ...{ skipped: 0, failed: 0 },
      },
      tables: given.tables.map(({ bytes: size = 0, seconds }, i) => ({
        ...{ table: `hive.sales.t${i}`, target: `${to}.sales.t${i}`, outcome: "succeeded" as const },
        ...{ seconds, bytes: String(size) },
      })),
    });
  };
  const kind = (to: string) =>
    kindOf("ingest-hive", { verify: "read-back" }, { table: "hive.sales.a", target: `${to}.sales.a` });
  const history = Array.from({ length: 40 }, (_, i) => job(5000 + i));
  await world.index.reconcile();
  let held = 0;
  for (const [i, past] of history.entries()) {
    if (i >= 20) {
      world.index.refresh();
      const pace = world.index.pace(kind("lake"), PARALLEL);
      assert.equal(pace?.jobs, i);
      // Half of what came out was planned.
      const sizes = past.tables.map(({ bytes = 0 }) => ({ bytes: bytes / 2 }));
      const { low, high } = estimateJob(pace, sizes);
      if (low <= past.seconds && past.seconds <= high) held += 1;
    }
    archive(past, "lake", 2);
  }
  assert.ok(held >= 16, `${held} of 20 lie in their range`);
  for (const past of history.slice(0, 2)) archive(past, "other");
  world.index.refresh();
  assert.equal(world.index.pace(kind("other"), PARALLEL), undefined);
});

test("what is left shrinks as a job goes on, and a slow job is told from a usual one", () => {
  const history = Array.from({ length: 30 }, (_, i) => job(9000 + i));
  const pace = jobPaceOf(history, PARALLEL);
  assert.ok(pace);
  const tables = Array.from({ length: 8 }, () => ({ bytes: 4e8 }));
  const whole = estimateJob(pace, tables);
  const fresh = estimateLeft(pace, tables, 0);
  assert.ok(Math.abs(fresh.usual / whole.usual - 1) < 0.5, "nothing is done yet");
  assert.equal(fresh.pace, undefined, "nothing can be told yet");
  const half = tables.map((table, i) => (i < 4 ? { ...table, ended: true } : table));
  const inTime = estimateLeft(pace, half, whole.usual / 2);
  assert.ok(inTime.high < fresh.high && inTime.low > 0);
  assert.ok((inTime.pace ?? 0) > 0.6 && (inTime.pace ?? 9) < 1.6, `${inTime.pace} is usual`);
  const slow = estimateLeft(pace, half, whole.usual);
  assert.ok((slow.pace ?? 0) > 1.4 * (inTime.pace ?? 9), `${slow.pace} is slow`);
  assert.ok(slow.usual > inTime.usual, "it goes on as it went");
  const hung = estimateLeft(pace, [{ bytes: 4e8, elapsed: 10_000 }], 10_000);
  assert.ok((hung.pace ?? 0) > 10, "a single table that does not end is told too");
  assert.equal(slowerThanUsual(whole.usual, whole), undefined);
  assert.ok(Math.abs((slowerThanUsual(whole.high * 2, whole) ?? 0) - ((whole.high * 2) / whole.usual - 1)) < 1e-9);
  const done = estimateLeft(
    pace,
    tables.map(table => ({ ...table, ended: true })),
    100,
  );
  assert.equal(done.high, 0);
});
