import assert from "node:assert/strict";
import { test } from "node:test";
import { logFile } from "../../core/store/layout.ts";
import { makeWorld, textOf } from "./world.ts";

test("a submitted job runs and is archived with its log, and nothing of it stays behind", async t => {
  const world = makeWorld(t);
  const worker = world.start();
  const id = world.submit("copy", { tables: ["a", "b"] }, { note: "the first" });
  await worker.idle();
  const record = world.record(id);
  assert.equal(record?.status, "succeeded");
  assert.equal(record.exitCode, 0);
  assert.deepEqual(
    record.tables.map(({ table, outcome }) => [table, outcome]),
    [
      ["a", "succeeded"],
      ["b", "succeeded"],
    ],
  );
  assert.equal(record.attempts.length, 1);
  assert.deepEqual(
    [record.via, record.submittedBy, record.note, record.file],
    ["command", "anna", "the first", undefined],
  );
  assert.deepEqual(world.queued(), []);
  assert.deepEqual(world.running(), []);
  const log = textOf(logFile(world.layout, id, 1))
    .trimEnd()
    .split("\n");
  assert.match(log[0] ?? "", /^\$ node .*engine\.ts --claim queue\/running\/.*\.claim\.json$/);
  assert.deepEqual(log.slice(1), ["did its work", "succeeded"]);
});

test("a job dropped by hand gets an id, keeps its name and belongs to the owner of its file", async t => {
  const world = makeWorld(t);
  const worker = world.start();
  world.drop("für Anna's table.json", { type: "light", parameters: { n: 7 } });
  await worker.idle();
  const [record] = world.records();
  assert.match(record?.id ?? "", /^\d{8}T\d{9}Z-light-[0-9a-z]{6}$/);
  assert.deepEqual([record?.via, record?.file, record?.status], ["hand", "für Anna's table.json", "succeeded"]);
  assert.match(record?.fileSha256 ?? "", /^[0-9a-f]{64}$/);
  assert.deepEqual(record?.job, { type: "light", parameters: { n: 7 } });
});
