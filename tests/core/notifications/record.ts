import type { Outcome } from "../../../core/jobs/outcome.ts";
import { GENESIS, type JobRecord } from "../../../core/jobs/record.ts";

/** A record of an ingest of one table that took a second, with what a test says differently. */
export function recordOf(changes: Partial<JobRecord> = {}): JobRecord {
  const id = changes.id ?? "20261130T080000000Z-ingest-hive-k3f9q2";
  return {
    ...{ version: 1, sequence: 1, id, type: "ingest-hive", parameters: { database: "sales" }, status: "succeeded" },
    ...{ via: "portal", submittedBy: "anna", submittedAt: "2026-11-30T08:00:00.000Z", exitCode: 0 },
    ...{ startedAt: "2026-11-30T08:00:00.000Z", finishedAt: "2026-11-30T08:00:01.000Z", attempts: [], followUps: [] },
    ...{ tables: [outcomeOf({})], job: {}, previousHash: GENESIS, hash: "f".repeat(64) },
    ...changes,
  };
}

/** An outcome of a table that was copied and proven. */
export function outcomeOf(changes: Partial<Omit<Outcome, "drift">> & { drift?: unknown }): Outcome {
  return {
    ...{ table: "sales.orders", target: "lake.sales_iceberg.orders", outcome: "succeeded", seconds: 1 },
    ...{ rows: "12", bytes: "3456", sourceSnapshot: "11", targetSnapshot: "22" },
    proof: { level: "read-back", verdict: "equal" },
    ...(changes as Partial<Outcome>),
  };
}
