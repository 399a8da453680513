import { z } from "zod";
import type { PlannedStep } from "./events.ts";
import type { Outcome } from "./outcome.ts";

const totalsShape = z.strictObject({
  tables: z.number(),
  rows: z.string().exactOptional(),
  bytes: z.string().exactOptional(),
});

/** Tables with their rows and bytes; a sum is absent where one of them is not known. */
type Totals = z.infer<typeof totalsShape>;

const reasonShape = z.strictObject({
  outcome: z.enum(["failed", "skipped", "cancelled"]),
  why: z.string(),
  tables: z.number(),
});

/** Why some tables were left: those with one reason together. */
export type ReceiptReason = z.infer<typeof reasonShape>;

export const receiptShape = z
  .strictObject({
    planned: totalsShape,
    done: totalsShape.extend({ seconds: z.number() }),
    skipped: z.number(),
    failed: z.number(),
    reasons: z
      .array(reasonShape)
      .exactOptional()
      .describe("The reasons that most tables had, the most frequent first."),
  })
  .meta({ id: "Receipt" });

/** What a job set out to do beside what it did, and why the rest was left. */
export type Receipt = z.infer<typeof receiptShape>;

const REASONS = 10;

/** The receipt of a job that has ended: its last plan against its outcomes. `ms` is how long it ran. */
export function receiptOf(steps: readonly PlannedStep[], tables: readonly Outcome[], ms: number): Receipt {
  const having = (state: Outcome["outcome"]) => tables.filter(({ outcome }) => outcome === state);
  const done = having("succeeded");
  const skipped = having("skipped").length;
  // What was skipped was never to be done, and a plan that looked again leaves out what an earlier attempt did.
  const names = new Set(having("skipped").map(({ table }) => table));
  const meant = steps.filter(({ table }) => !names.has(table));
  return {
    planned: totals(meant),
    done: { ...totals(done), seconds: Math.max(0, Math.round(ms / 1000)) },
    skipped,
    failed: tables.length - done.length - skipped,
    ...reasonsOf(tables),
  };
}

function reasonsOf(tables: readonly Outcome[]): { reasons?: ReceiptReason[] } {
  const reasons = new Map<string, ReceiptReason>();
  for (const { outcome, error } of tables) {
    if (outcome === "succeeded") continue;
    const why = error?.message ?? (outcome === "cancelled" ? "The job was cancelled." : "No reason was given.");
    const key = JSON.stringify([outcome, why]);
    reasons.set(key, { outcome, why, tables: (reasons.get(key)?.tables ?? 0) + 1 });
  }
  const all = [...reasons.values()].sort((a, b) => b.tables - a.tables);
  return all.length === 0 ? {} : { reasons: all.slice(0, REASONS) };
}

function totals(all: readonly { rows?: string | undefined; bytes?: string | undefined }[]): Totals {
  return { tables: all.length, ...sum(all, "rows"), ...sum(all, "bytes") };
}

function sum(
  all: readonly { rows?: string | undefined; bytes?: string | undefined }[],
  what: "rows" | "bytes",
): { rows?: string; bytes?: string } {
  const figures = all.flatMap(one => one[what] ?? []);
  if (figures.length === 0 || figures.length < all.length || !figures.every(figure => /^\d+$/.test(figure))) return {};
  return { [what]: String(figures.reduce((total, figure) => total + BigInt(figure), 0n)) };
}
