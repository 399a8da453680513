import assert from "node:assert/strict";
import { test } from "node:test";
import type { JobEvent } from "../../jobs/events.ts";
import { failedTables, outcomesOf } from "../../worker/outcomes.ts";

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
