import assert from "node:assert/strict";
import { renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { followUpId } from "../../../core/jobs/id.ts";
import { logFile } from "../../../core/store/layout.ts";
import type { SparkSessions } from "../../../worker/engine/spark-sessions.ts";
import { hasEngine, makeWorld, textOf, until } from "../world.ts";

test("a job that fails is tried again while attempts remain, each with a log of its own", async t => {
  const world = makeWorld(t);
  const worker = world.start();
  const id = world.submit("light", { failAttempts: 2 }, { maxAttempts: 3 });
  await worker.idle();
  const record = world.record(id);
  assert.equal(record?.status, "succeeded");
  assert.deepEqual(
    record.attempts.map(attempt => attempt.exitCode),
    [1, 1, 0],
  );
  assert.match(textOf(logFile(world.layout, id, 2)), /attempt 2 ended, to be tried again: exit code 1\n$/);
  assert.match(textOf(logFile(world.layout, id, 3)), /\nsucceeded\n$/);
});

test("a job whose attempts are used up has failed, and says which tables", async t => {
  const world = makeWorld(t);
  const worker = world.start();
  const id = world.submit("light", { tables: ["a", "b", "c"], failTables: ["a", "c"] }, { maxAttempts: 2 });
  await worker.idle();
  const record = world.record(id);
  assert.deepEqual([record?.status, record?.exitCode, record?.attempts.length], ["failed", 1, 2]);
  assert.equal(record?.error?.message, "2 of 3 tables failed: a, c");
});

test("an engine that crashes is tried again, and tables that it never reached have failed in the end", async t => {
  const world = makeWorld(t);
  const worker = world.start();
  const good = world.submit("light", { crashAttempts: 1, tables: ["a"] }, { maxAttempts: 2 });
  const bad = world.submit("light", { crashAttempts: 9, tables: ["a"] }, { maxAttempts: 2 });
  await worker.idle();
  assert.deepEqual(
    world.record(good)?.attempts.map(attempt => attempt.signal),
    ["SIGKILL", undefined],
  );
  const record = world.record(bad);
  assert.deepEqual([record?.status, record?.attempts.length, record?.tables[0]?.outcome], ["failed", 2, "failed"]);
  assert.match(record?.error?.message ?? "", /crashed/);
  assert.match(textOf(logFile(world.layout, bad, 2)), /\nfailed: The engine crashed.*\n$/);
});

test("an engine that calls its job file wrong is never asked again", async t => {
  const world = makeWorld(t);
  const worker = world.start();
  const id = world.submit("light", { exit: 2 }, { maxAttempts: 9 });
  await worker.idle();
  assert.deepEqual([world.record(id)?.status, world.record(id)?.attempts.length], ["failed", 1]);
});

test("an engine that can't be started has failed, with the reason", async t => {
  const world = makeWorld(t);
  const worker = world.start({ engineCommand: ["/nowhere/engine"] });
  const id = world.submit("light");
  await worker.idle();
  assert.equal(world.record(id)?.status, "failed");
  assert.match(world.record(id)?.error?.message ?? "", /could not be started.*\/nowhere\/engine/s);
});

test("an attempt that takes longer than timeoutMinutes is ended and counts", async t => {
  const world = makeWorld(t);
  const worker = world.start();
  const id = world.submit("light", { sleepMs: 60_000 }, { timeoutMinutes: 0.005, maxAttempts: 2 });
  await worker.idle();
  const record = world.record(id);
  assert.deepEqual([record?.status, record?.attempts.length], ["failed", 2]);
  assert.match(record?.error?.message ?? "", /took longer than 0.005 minutes/);
  assert.match(record?.attempts[0]?.error?.message ?? "", /took longer than/);
});

test("a time limit longer than a timer can count does not end the job at once", async t => {
  const world = makeWorld(t);
  const worker = world.start();
  const id = world.submit("light", { sleepMs: 200 }, { timeoutMinutes: 99_999 });
  await worker.idle();
  assert.equal(world.record(id)?.status, "succeeded");
});

test("an engine that somebody else told to stop runs again, without using an attempt", async t => {
  const world = makeWorld(t);
  const worker = world.start();
  const id = world.submit("light", { exit: 130 });
  await worker.idle();
  // Not for ever: in the end it has failed.
  assert.deepEqual([world.record(id)?.status, world.record(id)?.attempts.length], ["failed", 21]);
});

test("before another attempt the sessions of the last one are known to be gone", async t => {
  const world = makeWorld(t);
  const ended: number[] = [];
  const sessions: SparkSessions = {
    interrupt: async () => {},
    end: async claim => {
      assert.ok(!world.queued().includes(`${claim.id}.json`));
      ended.push(claim.attempt);
      return { gone: true };
    },
  };
  const worker = world.start({ sessions });
  const id = world.submit("light", { failAttempts: 2 }, { maxAttempts: 3 });
  await worker.idle();
  assert.equal(world.record(id)?.status, "succeeded");
  assert.deepEqual(ended, [1, 2]);
});

test("a job whose old sessions may still write is not tried again, and says why", async t => {
  const world = makeWorld(t);
  const sessions: SparkSessions = {
    interrupt: async () => {},
    end: async () => ({ gone: false, why: "Spark is away." }),
  };
  const worker = world.start({ sessions });
  const id = world.submit("light", { crashAttempts: 1 }, { maxAttempts: 5 });
  await worker.idle();
  assert.deepEqual([world.record(id)?.status, world.record(id)?.attempts.length], ["failed", 1]);
  assert.match(world.record(id)?.error?.message ?? "", /not certain.*Spark is away/);
});

test("a follow-up is created once, with only what succeeded, and the rest of the chain", async t => {
  const world = makeWorld(t);
  const worker = world.start();
  const chain = [{ type: "copy" }, { type: "light", parameters: { n: 5 } }];
  const parameters = { tables: ["a", "b"], failTables: ["b"] };
  const id = world.submit("light", parameters, { then: chain, priority: 3, maxAttempts: 2 });
  await worker.idle();
  const [parent, child, grandchild] = world.records();
  assert.deepEqual([parent?.id, child?.id, grandchild?.id], [id, followUpId(id), followUpId(followUpId(id))]);
  assert.deepEqual([parent?.status, parent?.followUps], ["failed", [child?.id]]);
  assert.deepEqual(child?.parameters.tables, [{ name: "a", snapshot: "2" }]);
  assert.deepEqual([child?.via, child?.submittedBy, child?.parent], ["follow-up", "anna", id]);
  assert.deepEqual(grandchild?.parameters.n, 5);
  assert.equal(world.records().length, 3);
});

test("when nothing succeeded nothing follows", async t => {
  const world = makeWorld(t);
  const worker = world.start();
  const id = world.submit("light", { tables: ["a"], failTables: ["a"] }, { then: [{ type: "copy" }] });
  await worker.idle();
  assert.deepEqual(
    world.records().map(record => record.id),
    [id],
  );
  assert.deepEqual(world.record(id)?.followUps, []);
});

test("a foreign file that has taken the name of a job keeps its place; the job is queued again when it has gone", async t => {
  const world = makeWorld(t);
  const worker = world.start({ timing: { stillFor: 60_000 } });
  const id = world.submit("light", { sleepMs: 400, failAttempts: 1 }, { maxAttempts: 2 });
  await until(() => hasEngine(world, id));
  const name = join(world.layout.queue, `${id}.json`);
  const link = `${name}.hidden`;
  writeFileSync(name, "still being written {");
  await until(() => world.running().includes(`${id}.retry.json`));
  assert.equal(textOf(name), "still being written {");
  renameSync(name, link);
  await worker.idle();
  assert.equal(world.record(id)?.status, "succeeded");
});
