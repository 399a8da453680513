import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import type { EngineMark } from "../../core/jobs/running.ts";
import { readJson } from "../../core/system/json.ts";
import { isAlive } from "../../core/system/process-identity.ts";
import { startProcess } from "./start-process.ts";
import { makeWorld, textOf, type World } from "./world.ts";

const JOBS = Number(process.env.KILL_TEST_JOBS ?? 100);

test("however often worker and engines are killed, no job is lost and none is archived twice", async t => {
  const world = makeWorld(t);
  const runs = join(world.layout.root, "runs.txt");
  const ids = Array.from({ length: JOBS }, (_, i) =>
    world.submit(
      i % 2 ? "light" : "copy",
      { sleepMs: Math.floor(Math.random() * 60), write: runs },
      { maxAttempts: 20 },
    ),
  );
  let worker = startProcess(t, world);
  let kills = 0;
  while (archived(world).length < JOBS) {
    // A worker that is killed before it has begun anything only costs time: where it takes seconds to start, nothing would end.
    await begun(world);
    await pause(Math.random() * 800);
    const engines = livingEngines(world);
    const engine = engines[Math.floor(Math.random() * engines.length)];
    if (engine && isAlive(engine)) process.kill(engine.pid, "SIGKILL");
    if (engine) kills += 1;
    if (Math.random() < 0.5) continue;
    worker.kill("SIGKILL");
    await worker.ended;
    kills += 1;
    worker = startProcess(t, world);
  }
  worker.kill("SIGKILL");
  await worker.ended;
  // The last record may have been written just before a kill: what it left is for the next worker to clear away.
  await world.start().idle();
  const lines = textOf(runs).trim().split("\n");
  const records = world.records();
  const doubled = records.length - new Set(records.map(record => record.id)).size;
  const lost = ids.filter(id => !records.some(record => record.id === id));
  t.diagnostic(
    `${JOBS} jobs, ${kills} kills, ${lines.length - JOBS} ran again after their work was done, ` +
      `${records.filter(record => record.attempts.length > 1).length} took more than one attempt, ` +
      `${lost.length} lost, ${doubled} doubled`,
  );
  assert.ok(kills > 0);
  assert.deepEqual(lost, []);
  assert.equal(doubled, 0);
  assert.equal(records.length, JOBS);
  assert.deepEqual(
    records.filter(record => record.status !== "succeeded").map(({ id, error }) => [id, error]),
    [],
  );
  const ran = new Set(lines.map(line => line.split(" ")[0]));
  assert.deepEqual(
    ids.filter(id => !ran.has(id)),
    [],
  );
  assert.deepEqual(world.queued(), []);
  const mine = world.running().filter(name => !name.startsWith("."));
  assert.deepEqual(mine, []);
});

async function begun(world: World): Promise<void> {
  for (const until = Date.now() + 20_000; Date.now() < until; await pause(20))
    if (livingEngines(world).length > 0 || archived(world).length === JOBS) return;
}

function livingEngines({ layout }: World): EngineMark[] {
  const marks = readdirSync(layout.running).filter(name => name.endsWith(".engine.json"));
  return marks.flatMap(name => readJson<EngineMark>(join(layout.running, name)) ?? []).filter(mark => isAlive(mark));
}

function archived({ layout }: World): string[] {
  const months = readdirSync(layout.archive).filter(name => /^\d{4}-\d{2}$/.test(name));
  return months.flatMap(month => readdirSync(join(layout.archive, month))).filter(name => /^\d.*\.json$/.test(name));
}
