import assert from "node:assert/strict";
import { test } from "node:test";
import { receiptOf } from "../../../core/jobs/receipt.ts";

const step = (table: string, rows?: string) => ({ table, target: "", action: "copy", ...(rows && { rows }) });
const outcome = (table: string, state: "succeeded" | "failed" | "skipped", rows?: string, why?: string) => ({
  ...{ table, target: "", outcome: state, seconds: 1 },
  ...(rows && { rows }),
  ...(why && { error: { message: why } }),
});

test("a receipt sets what was planned beside what was done, and counts what was skipped apart", () => {
  const steps = [step("a", "10"), step("b", "9007199254740993"), step("c", "5")];
  const tables = [outcome("a", "succeeded", "11"), outcome("b", "failed"), outcome("c", "skipped")];
  assert.deepEqual(receiptOf(steps, tables, 1600), {
    planned: { tables: 2, rows: "9007199254741003" },
    done: { tables: 1, rows: "11", seconds: 2 },
    skipped: 1,
    failed: 1,
    reasons: [
      { outcome: "failed", why: "No reason was given.", tables: 1 },
      { outcome: "skipped", why: "No reason was given.", tables: 1 },
    ],
  });
});

test("a receipt says why tables were left, those with one reason together, the most frequent first", () => {
  const tables = [
    outcome("a", "failed", undefined, "a is transactional."),
    outcome("b", "skipped", undefined, "It is there already."),
    outcome("c", "skipped", undefined, "It is there already."),
    outcome("d", "succeeded", "1"),
  ];
  assert.deepEqual(receiptOf([], tables, 0).reasons, [
    { outcome: "skipped", why: "It is there already.", tables: 2 },
    { outcome: "failed", why: "a is transactional.", tables: 1 },
  ]);
  assert.equal(receiptOf([], [outcome("d", "succeeded")], 0).reasons, undefined);
});

test("a sum of which one part is not known is not told", () => {
  const { planned } = receiptOf([step("a", "10"), step("b")], [], 0);
  assert.deepEqual(planned, { tables: 2 });
});
