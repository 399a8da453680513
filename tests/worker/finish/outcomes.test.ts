import assert from "node:assert/strict";
import { test } from "node:test";
import type { JobEvent } from "../../../core/jobs/events.ts";
import type { Outcome } from "../../../core/jobs/outcome.ts";
import type { OutcomeState } from "../../../core/jobs/states.ts";
import { failedTables, outcomesOf } from "../../../worker/finish/outcomes.ts";

const stamp = { at: "2026-11-24T10:00:00.000Z", attempt: 1 };
const step = (table: string) => ({ table, target: "", action: "look" });
const planned = (tables: string[], of?: string): JobEvent => ({
  ...{ ...stamp, event: "planned", steps: tables.map(step), parallel: 1 },
  ...(of && { of }),
});

test("what was planned and never ended has failed, in the words of its job type", () => {
  const thing = ["service", "services"] as const;
  const outcomes = outcomesOf([planned(["spark", "azure"])], [], false, thing);
  assert.deepEqual(
    outcomes.map(({ table, outcome }) => [table, outcome]),
    [
      ["spark", "failed"],
      ["azure", "failed"],
    ],
  );
  assert.match(outcomes[0]?.error?.message ?? "", /before this service was done/);
  assert.equal(failedTables(outcomes, thing)?.message, "2 of 2 services failed: spark, azure");
});

test("the steps of a plan that somebody asked for are nobody's outcomes", () => {
  const own = planned(["plan of ingest-hive"]);
  const asked = planned(["hive.sales.orders"], "ingest-hive");
  const crashed = outcomesOf([own, asked], [], false, ["plan", "plans"]);
  assert.deepEqual(
    crashed.map(({ table }) => table),
    ["plan of ingest-hive"],
  );
  const outcome = { table: "plan of ingest-hive", target: "", outcome: "succeeded" as const, seconds: 1 };
  const ended: JobEvent = { ...stamp, event: "table-ended", table: outcome.table, outcome };
  assert.deepEqual(outcomesOf([own, asked, ended], [outcome], false), [outcome]);
});

interface Case {
  events?: JobEvent[];
  reported?: Outcome[];
  cancelled?: boolean;
  outcomes: Record<string, OutcomeState>;
}

const CASES: Readonly<Record<string, Case>> = {
  "a job that planned nothing and reported nothing has no outcomes": { outcomes: {} },
  "a table that was planned and never ended has failed": { events: [planned(["a"])], outcomes: { a: "failed" } },
  "a table that was planned and never ended is cancelled with its job": {
    events: [planned(["a", "b"]), ended("a", "succeeded")],
    cancelled: true,
    outcomes: { a: "succeeded", b: "cancelled" },
  },
  "a table that failed before its job was cancelled has failed": {
    events: [planned(["a"]), ended("a", "failed")],
    cancelled: true,
    outcomes: { a: "failed" },
  },
  "the last of several attempts counts": {
    events: [planned(["a"]), ended("a", "failed"), planned(["a"]), ended("a", "succeeded")],
    outcomes: { a: "succeeded" },
  },
  "a table that ended in an earlier attempt keeps its outcome though the next one crashed": {
    events: [planned(["a", "b"]), ended("a", "succeeded"), planned(["a", "b"])],
    outcomes: { a: "succeeded", b: "failed" },
  },
  "what the engine reported counts for more than its events": {
    events: [planned(["a"]), ended("a", "failed")],
    reported: [outcome("a", "skipped")],
    outcomes: { a: "skipped" },
  },
  "a table that was never planned counts where it ended": {
    events: [ended("a", "succeeded")],
    reported: [outcome("b", "failed")],
    outcomes: { a: "succeeded", b: "failed" },
  },
  "the tables keep the order of the plan": {
    events: [planned(["b", "a"]), ended("a", "succeeded"), ended("b", "succeeded")],
    outcomes: { b: "succeeded", a: "succeeded" },
  },
};

for (const [name, { events = [], reported = [], cancelled = false, outcomes }] of Object.entries(CASES))
  test(name, () =>
    assert.deepEqual(
      outcomesOf(events, reported, cancelled).map(one => [one.table, one.outcome]),
      Object.entries(outcomes),
    ),
  );

const FAILURES: Readonly<Record<string, [outcomes: Outcome[], message: string | undefined]>> = {
  "a job without outcomes has no failed tables": [[], undefined],
  "a job whose tables succeeded, were skipped or were cancelled has no failed tables": [
    [outcome("a", "succeeded"), outcome("b", "skipped"), outcome("c", "cancelled")],
    undefined,
  ],
  "the failed tables are counted among all and named": [
    [outcome("a", "failed"), outcome("b", "succeeded"), outcome("c", "failed")],
    "2 of 3 tables failed: a, c",
  ],
  "a single table is called a table": [[outcome("a", "failed")], "1 of 1 table failed: a"],
  "ten failed tables are all named": [
    [..."abcdefghij"].map(table => outcome(table, "failed")),
    "10 of 10 tables failed: a, b, c, d, e, f, g, h, i, j",
  ],
  "of eleven failed tables ten are named": [
    [..."abcdefghijk"].map(table => outcome(table, "failed")),
    "11 of 11 tables failed: a, b, c, d, e, f, g, h, i, j, …",
  ],
};

for (const [name, [outcomes, message]] of Object.entries(FAILURES))
  test(name, () => assert.equal(failedTables(outcomes)?.message, message));

function outcome(table: string, state: OutcomeState): Outcome {
  return { table, target: "", outcome: state, seconds: 1 };
}

function ended(table: string, state: OutcomeState): JobEvent {
  return { ...stamp, event: "table-ended", table, outcome: outcome(table, state) };
}
