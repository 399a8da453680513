import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { logFile } from "../../../core/store/layout.ts";
import { processStart } from "../../../core/system/process-identity.ts";
import { newWorld, type World } from "../../journey/world.ts";
import { until } from "../world.ts";

test("a job is given to an engine that waits for one, whose output is the job's log", async t => {
  const world = newWorld(t);
  const worker = world.startWorker();
  const first = await waiting(world, worker.pid);
  world.drop("a.json", { type: "check-archive" });
  const { id } = await world.record("a.json");
  const started = world.events(id).find(event => event.event === "started");
  assert.equal(started?.pid, first);
  const log = readFileSync(logFile(world.layout, id, 1), "utf8").split("\n");
  assert.match(
    log[0] ?? "",
    new RegExp(`^\\$ node --\\S+ engines/run\\.ts --claim queue/running/${id}\\.claim\\.json$`),
  );
  assert.ok(log.length > 2, log.join("\n"));
  // The next one waits, and has not heard of a job.
  const second = await waiting(world, worker.pid);
  assert.notEqual(second, first);
  assert.equal(spareLogs(world).length, 1);
});

test("an engine that waits ends with its worker, however that ends, and leaves nothing", async t => {
  const world = newWorld(t);
  for (const signal of ["SIGTERM", "SIGKILL"] as const) {
    const worker = world.startWorker();
    const pid = await waiting(world, worker.pid);
    worker.kill(signal);
    await until(() => processStart(pid) === undefined);
  }
  const worker = world.startWorker();
  await waiting(world, worker.pid);
  assert.equal(spareLogs(world).length, 1, "what the killed worker left is gone");
});

test("where the engine that waits was killed, a job has one of its own", async t => {
  const world = newWorld(t);
  const worker = world.startWorker();
  const pid = await waiting(world, worker.pid);
  process.kill(pid, "SIGKILL");
  await until(() => processStart(pid) === undefined);
  world.drop("a.json", { type: "check-archive" });
  const record = await world.record("a.json");
  assert.deepEqual([record.status, record.attempts.length], ["succeeded", 1], record.error?.message);
});

function spareLogs({ layout }: World): string[] {
  return readdirSync(layout.logs).filter(name => name.startsWith(".warm-"));
}

/** The process of the engine that waits below a worker. */
async function waiting(world: World, worker = 0): Promise<number> {
  let found: number | undefined;
  await until(() => {
    if (spareLogs(world).length !== 1) return false;
    const children = readFileSync(join("/proc", String(worker), "task", String(worker), "children"), "utf8");
    found = children
      .split(" ")
      .map(Number)
      .find(pid => pid > 0 && isWaiting(pid));
    return found !== undefined;
  });
  return found ?? 0;
}

function isWaiting(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0").includes("--await");
  } catch {
    return false;
  }
}
