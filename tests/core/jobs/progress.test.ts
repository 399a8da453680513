import assert from "node:assert/strict";
import { test } from "node:test";
import type { JobEvent } from "../../../core/jobs/events.ts";
import { progressOf } from "../../../core/jobs/progress.ts";

const step = (table: string) => ({ table, target: `lake.${table}`, action: "create", why: "Parquet" });
const at = (seconds: number, attempt = 1) => ({
  at: new Date(1_700_000_000_000 + seconds * 1000).toISOString(),
  attempt,
});
const planned: JobEvent = { ...at(1), event: "planned", steps: [step("a"), step("b")], parallel: 2 };
const ended = (table: string, outcome: "succeeded" | "failed", attempt = 1): JobEvent => ({
  ...at(9, attempt),
  event: "table-ended",
  table,
  outcome: { table, target: `lake.${table}`, outcome, seconds: 8 },
});

test("before the plan nothing is known of a job", () => {
  const progress = progressOf([{ ...at(0), event: "started", pid: 1, host: "here" }]);
  assert.equal(progress.planned, false);
  assert.deepEqual(progress.tables, []);
});

test("a table waits, is at work, and ends", () => {
  const progress = progressOf([
    planned,
    { ...at(2), event: "table-started", table: "a", target: "lake.a", action: "create" },
    { ...at(3), event: "progress", table: "a", step: "copying", done: 3, total: 10, bytes: "800" },
  ]);
  assert.deepEqual(
    progress.tables.map(({ table, state, why }) => [table, state, why]),
    [
      ["a", "running", "Parquet"],
      ["b", "waiting", "Parquet"],
    ],
  );
  const [a] = progress.tables;
  assert.deepEqual([a?.step, a?.done, a?.total, a?.read, a?.startedAt], ["copying", 3, 10, "800", at(2).at]);
  const after = progressOf([planned, ended("a", "succeeded"), ended("b", "failed")]);
  assert.deepEqual([after.ended, after.failed], [2, 1]);
});

test("a later attempt plans again, and what succeeded before stays so", () => {
  const again: JobEvent = { ...planned, ...at(20, 2) };
  const progress = progressOf([
    planned,
    ended("a", "succeeded"),
    ended("b", "failed"),
    { ...at(19, 2), event: "started", pid: 2, host: "here" },
    again,
  ]);
  assert.deepEqual(
    progress.tables.map(({ state }) => state),
    ["succeeded", "waiting"],
  );
  assert.equal(progress.attempt, 2);
  assert.deepEqual([progress.ended, progress.failed], [1, 0]);
});
