import assert from "node:assert/strict";
import { mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { type Layout, layoutOf, prepareLayout } from "../../../core/store/layout.ts";
import { queueReader } from "../../../server/state/queue.ts";

function folder(t: TestContext): Layout {
  const root = mkdtempSync(join(tmpdir(), "portal-queue-"));
  t.after(() => rmSync(root, { recursive: true }));
  const layout = layoutOf(root);
  prepareLayout(layout);
  return layout;
}

function drop({ queue }: Layout, name: string, file: object, age = 0): void {
  writeFileSync(join(queue, name), JSON.stringify(file));
  const at = (Date.now() - age) / 1000;
  utimesSync(join(queue, name), at, at);
}

const JOB = { type: "ingest-hive", parameters: { database: "sales", tables: ["orders"] } };

test("thousands that wait are all counted at once, and read little by little", t => {
  const layout = folder(t);
  for (let i = 0; i < 1200; i++) drop(layout, `${i}.json`, JOB, 60_000);
  const look = queueReader(layout);
  assert.deepEqual([look().total, look().jobs.length, look().jobs.length], [1200, 1000, 1200]);
});

test("what comes and goes, grows or is urgent is seen at the next look", t => {
  const layout = folder(t);
  const look = queueReader(layout);
  assert.equal(look().total, 0);
  drop(layout, "a.json", JOB, 5_000);
  drop(layout, "b.json", { ...JOB, priority: 5 });
  writeFileSync(join(layout.queue, "c.json"), '{ "type": "ing');
  assert.deepEqual(
    look().jobs.map(({ name }) => name),
    ["b.json", "a.json", "c.json"],
  );
  assert.equal(look().jobs.find(({ name }) => name === "c.json")?.file, undefined);
  drop(layout, "c.json", JOB);
  rmSync(join(layout.queue, "a.json"));
  const after = look().jobs;
  assert.deepEqual(after.map(({ name }) => name).toSorted(), ["b.json", "c.json"]);
  assert.equal(after.find(({ name }) => name === "c.json")?.file?.type, "ingest-hive");
});

test("what only asks is neither listed nor counted", t => {
  const layout = folder(t);
  drop(layout, "a.json", JOB);
  drop(layout, "b.json", { type: "check-services" });
  const { total, jobs } = queueReader(layout)();
  assert.deepEqual([total, jobs.map(({ name }) => name)], [1, ["a.json"]]);
});
