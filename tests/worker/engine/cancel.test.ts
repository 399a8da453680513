import assert from "node:assert/strict";
import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { newId } from "../../../core/jobs/id.ts";
import type { Claim, EngineMark } from "../../../core/jobs/running.ts";
import { requestCancel } from "../../../core/store/cancel.ts";
import { logFile, runningFiles } from "../../../core/store/layout.ts";
import { readJson } from "../../../core/system/json.ts";
import { isAlive } from "../../../core/system/process-identity.ts";
import { hasEngine, makeWorld, textOf, until } from "../world.ts";

const wish = (reason?: string) => ({ by: "ben", at: new Date().toISOString(), ...(reason && { reason }) });

test("a queued job that is cancelled is archived without ever running", async t => {
  const world = makeWorld(t);
  const id = world.submit("copy", {}, { then: [{ type: "light" }] });
  requestCancel(world.layout, id, wish("wrong table"));
  // The wish is there before the worker is.
  await world.start({ engineCommand: ["/nowhere/engine"] }).idle();
  const record = world.record(id);
  assert.deepEqual([record?.status, record?.cancelledBy, record?.attempts], ["cancelled", "ben", []]);
  assert.equal(record?.error?.message, "cancelled: wrong table");
  assert.deepEqual(record?.followUps, []);
  assert.deepEqual(readdirSync(world.layout.cancel), []);
  assert.equal(textOf(logFile(world.layout, id, 1)), "");
});

test("a running job that is cancelled has its Spark sessions interrupted, its engine ended, its sessions gone", async t => {
  const world = makeWorld(t);
  const calls: string[] = [];
  const note = (what: string) => async (claim: Claim) => {
    calls.push(`${what} ${claim.id}`);
    return { gone: true as const };
  };
  const sessions = { interrupt: async (claim: Claim) => void (await note("interrupt")(claim)), end: note("end") };
  const worker = world.start({ sessions });
  const id = world.submit(
    "copy",
    { sleepMs: 60_000, tables: ["a", "b"] },
    { maxAttempts: 5, then: [{ type: "light" }] },
  );
  await until(() => hasEngine(world, id));
  const engine = readJson<EngineMark>(runningFiles(world.layout, id).engine)!;
  requestCancel(world.layout, id, wish());
  await worker.idle();
  const record = world.record(id);
  assert.deepEqual([record?.status, record?.cancelledBy, record?.attempts.length], ["cancelled", "ben", 1]);
  assert.deepEqual(calls, [`interrupt ${id}`, `end ${id}`]);
  assert.equal(isAlive(engine), false);
  assert.deepEqual(record?.followUps, []);
  assert.deepEqual(world.queued(), []);
  assert.equal(
    textOf(logFile(world.layout, id, 1))
      .trimEnd()
      .split("\n")
      .at(-1),
    "cancelled",
  );
});

test("an engine that does not hear TERM is killed with all that it started", async t => {
  const world = makeWorld(t);
  const worker = world.start({ timing: { grace: 200 } });
  const id = world.submit("copy", { sleepMs: 60_000, deaf: true, tables: ["a"] });
  await until(() => readJson<EngineMark>(runningFiles(world.layout, id).engine) !== undefined);
  await until(() => textOf(join(world.layout.logs, `${id}.events.ndjson`)).includes("planned"));
  requestCancel(world.layout, id, wish());
  await worker.idle();
  const record = world.record(id);
  assert.deepEqual([record?.status, record?.exitCode, record?.attempts[0]?.signal], ["cancelled", null, "SIGKILL"]);
  assert.deepEqual(
    record?.tables.map(table => table.outcome),
    ["cancelled"],
  );
});

test("a job that waits for its next attempt can be cancelled, and keeps what it did", async t => {
  const world = makeWorld(t);
  const worker = world.start({ timing: { backoffBase: 3_600_000, backoffCap: 3_600_000 } });
  const id = world.submit("light", { failAttempts: 9 }, { maxAttempts: 9 });
  await until(() => world.queued().includes(`${id}.json`) && world.running().join() === `${id}.retry.json`);
  requestCancel(world.layout, id, wish());
  await worker.idle();
  const record = world.record(id);
  assert.deepEqual([record?.status, record?.attempts.length, record?.attempts[0]?.exitCode], ["cancelled", 1, 1]);
  assert.deepEqual(world.running(), []);
});

test("an empty file in queue/cancel/ is a wish of its owner", async t => {
  const world = makeWorld(t);
  const worker = world.start();
  const id = world.submit("copy", { sleepMs: 60_000 });
  await until(() => hasEngine(world, id));
  writeFileSync(join(world.layout.cancel, `${id}.json`), "");
  await worker.idle();
  assert.equal(world.record(id)?.status, "cancelled");
  assert.ok(world.record(id)?.cancelledBy);
});

test("a wish for a job that has ended or was never there is dropped", async t => {
  const world = makeWorld(t);
  const worker = world.start();
  const id = world.submit("light");
  await worker.idle();
  for (const one of [id, newId("light"), "nonsense"]) requestCancel(world.layout, one, wish());
  await until(() => readdirSync(world.layout.cancel).length === 0);
  assert.equal(world.record(id)?.status, "succeeded");
  assert.equal(world.records().length, 1);
});
