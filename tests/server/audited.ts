import { setTimeout as sleep } from "node:timers/promises";
import { appendAudit } from "../../core/audit/append-report.ts";
import { newId } from "../../core/jobs/id.ts";
import type { JobRecord } from "../../core/jobs/record.ts";
import type { Layout } from "../../core/store/layout.ts";
import { archive, outcome } from "../core/audit/archive.ts";
import type { TestPortal } from "./portal.ts";

/** Archives jobs one after the other, as a worker does it. */
export function archiveAll(layout: Layout, jobs: readonly Partial<JobRecord>[]): JobRecord[] {
  const records: JobRecord[] = [];
  for (const job of jobs) {
    const record = archive(layout, records.at(-1), job);
    appendAudit(layout, record);
    records.push(record);
  }
  return records;
}

/** Jobs of several types, states and people, one of them a question; the newest is the last. */
export function someJobs(): Partial<JobRecord>[] {
  const failed = outcome("returns", { outcome: "failed", error: { message: "no such column" } });
  const { proof: _, rows: __, ...bare } = failed;
  return [
    ended("ingest-hive", "2026-03-02", {}),
    ended("ingest-hive", "2026-03-03", { status: "failed", submittedBy: "grace", tables: [outcome("orders"), bare] }),
    ended("migrate-iceberg", "2026-03-03", { note: "ticket 4711", tables: [lake("orders"), lake("items")] }),
    ended("register-snowflake", "2026-03-05", { status: "cancelled", submittedBy: "grace", tables: [] }),
    ended("check-archive", "2026-03-06", { tables: [checked()] }),
  ];
}

/** A job that ended at nine on a day, or at another time of it. */
export function ended(type: string, day: string, given: Partial<JobRecord>, time = "09:00:00.000"): Partial<JobRecord> {
  const at = `${day}T${time}Z`;
  const parameters = { database: "sales", tables: ["orders"] };
  return { id: newId(type, new Date(at)), type, parameters, submittedAt: at, startedAt: at, finishedAt: at, ...given };
}

/** Waits until the index has been compared with the archive, as it is at each start. */
export async function settled({ portal: { index } }: TestPortal): Promise<void> {
  do {
    await sleep(10);
    index.refresh();
  } while (index.reconciling());
}

function lake(table: string) {
  const proof = { level: "read-back", verdict: table === "items" ? "not checked" : "equal" } as const;
  return outcome(table, { table: `lake.sales_iceberg.${table}`, target: `azure.sales_iceberg.${table}`, proof });
}

function checked() {
  const { proof: _, rows: __, bytes: ___, ...rest } = outcome("x");
  const notes = ["4 records", "newest hash abc", "every record is as it was archived"];
  return { ...rest, table: "archive", target: "", notes };
}
