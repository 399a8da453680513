import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { newId } from "../../../core/jobs/id.ts";
import type { Outcome } from "../../../core/jobs/outcome.ts";
import { GENESIS, type JobRecord, recordHash } from "../../../core/jobs/record.ts";
import { recordFile } from "../../../core/store/archive.ts";
import { type Layout, layoutOf, prepareLayout, runningFiles } from "../../../core/store/layout.ts";

/** A layout in a folder of its own, which the test removes. */
export function temporaryLayout(t: { after(end: () => void): void }): Layout {
  const root = mkdtempSync(join(tmpdir(), "audit-"));
  t.after(() => rmSync(root, { recursive: true }));
  const layout = layoutOf(root);
  prepareLayout(layout);
  return layout;
}

/** Where a record lies. */
export function recordPath(layout: Layout, record: JobRecord): string {
  return recordFile(layout, record.finishedAt, record.id);
}

/** Archives a record after `before`, hashed and chained as the worker does it, with a line for its proofs. */
export function archive(layout: Layout, before?: JobRecord, given: Partial<JobRecord> = {}, key?: string): JobRecord {
  const sequence = (before?.sequence ?? 0) + 1;
  const rest = { ...sample(sequence), ...given, sequence, previousHash: before?.hash ?? GENESIS };
  const record = { ...rest, hash: recordHash(rest, key) };
  const path = recordPath(layout, record);
  const { claim } = runningFiles(layout, record.id);
  mkdirSync(join(path, ".."), { recursive: true });
  // A check that looks on takes proofs without a record for those of a job that is just being archived.
  writeFileSync(claim, "{}");
  writeFileSync(path.replace(/json$/, "proofs.ndjson"), '{"verdict":"equal"}\n');
  writeFileSync(`${path}.tmp`, JSON.stringify(record));
  renameSync(`${path}.tmp`, path);
  rmSync(claim);
  return record;
}

function sample(sequence: number): Omit<JobRecord, "hash" | "previousHash"> {
  const day = String((sequence % 28) + 1).padStart(2, "0");
  const submittedAt = `2026-11-${day}T09:00:00.000Z`;
  return {
    version: 1,
    sequence,
    id: newId("ingest-hive", new Date(submittedAt)),
    type: "ingest-hive",
    parameters: { database: "sales", tables: ["orders"] },
    status: "succeeded",
    via: "command",
    submittedBy: "ada",
    submittedAt,
    startedAt: `2026-11-${day}T09:00:01.500Z`,
    finishedAt: `2026-11-${day}T09:01:03.750Z`,
    exitCode: 0,
    attempts: [
      {
        attempt: 1,
        startedAt: `2026-11-${day}T09:00:01.500Z`,
        finishedAt: `2026-11-${day}T09:01:03.750Z`,
        exitCode: 0,
      },
    ],
    tables: [outcome("orders")],
    followUps: [],
    job: { type: "ingest-hive", parameters: { database: "sales", tables: ["orders"] } },
  };
}

/** What happened to one table of `hive.sales`. */
export function outcome(table: string, given: Partial<Outcome> = {}): Outcome {
  return {
    table: `hive.sales.${table}`,
    target: `lake.sales_iceberg.${table}`,
    outcome: "succeeded",
    rows: "9007199254740993",
    bytes: "1000",
    files: 2,
    seconds: 1.25,
    targetSnapshot: "6536733823181975045",
    proof: { level: "read-back", verdict: "equal" },
    ...given,
  };
}
