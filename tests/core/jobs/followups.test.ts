import assert from "node:assert/strict";
import { test } from "node:test";
import { followUpOf, provenTables } from "../../../core/jobs/followups.ts";
import { jobOf } from "../../../core/jobs/job.ts";
import type { Outcome } from "../../../core/jobs/outcome.ts";

const ID = "20261123T094512123Z-ingest-k3f9q2";
const outcome = (table: string, state: Outcome["outcome"], more: Partial<Outcome> = {}): Outcome => ({
  table,
  target: `lake.sales_iceberg.${table}`,
  outcome: state,
  seconds: 1,
  ...more,
});

test("only what succeeded is handed on, pinned to what was proven", () => {
  const tables = provenTables([
    outcome("orders", "succeeded", { targetSnapshot: "42", metadataFile: "m.json" }),
    outcome("customers", "failed"),
    outcome("events", "skipped"),
  ]);
  assert.deepEqual(tables, [{ name: "orders", snapshot: "42", metadataFile: "m.json" }]);
});

test("a follow-up takes what its type knows, what the chain says, and the rest of the chain", () => {
  const job = ingest({
    then: [{ type: "migrate", parameters: { history: "all" } }, { type: "register" }],
    priority: 4,
  });
  const file = followUpOf(job, { namespace: "n", tables: ["a"], strange: 1 }, ["namespace", "tables", "history"]);
  assert.deepEqual(file, {
    type: "migrate",
    parameters: { namespace: "n", tables: ["a"], history: "all" },
    // The rest of the chain.
    then: [{ type: "register" }],
    priority: 4,
    id: `${ID}-1`,
    via: "follow-up",
    submittedBy: "anna",
    parent: ID,
  });
});

test("where the chain ends nothing follows", () => {
  assert.equal(followUpOf(ingest({}), { tables: ["a"] }, ["tables"]), undefined);
});

function ingest(more: object) {
  const origin = { via: "portal", submittedBy: "anna", submittedAt: "2026-11-23T09:45:12.123Z" } as const;
  return jobOf(ID, { type: "ingest", parameters: {}, ...more }, {}, origin);
}
