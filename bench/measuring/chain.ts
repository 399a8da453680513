import { setTimeout as pause } from "node:timers/promises";
import { readRecord } from "../../core/audit/records.ts";
import { newId } from "../../core/jobs/id.ts";
import type { JobRecord } from "../../core/jobs/record.ts";
import { archivedRecord, type Layout } from "../../core/store/layout.ts";
import { submitJob } from "../../core/store/submit.ts";

/** How long a chain took: until its table is proven in Snowflake, until its last job has ended, and what each job ran. */
export interface ChainTimes {
  proven: number;
  ended: number;
  ran: Record<string, number>;
}

/** Drops a job file for a table whose follow-ups are of these types, and waits for all of them. Throws where one fails. */
export async function runChain(
  layout: Layout,
  parameters: { tables: string[] } & Record<string, unknown>,
  then: readonly { type: string; parameters?: Record<string, unknown> }[],
): Promise<ChainTimes> {
  const id = newId("ingest-hive");
  const began = performance.now();
  submitJob(layout, id, { type: "ingest-hive", parameters, then: [...then] });
  const seconds = () => (performance.now() - began) / 1000;
  const ran: Record<string, number> = {};
  let proven = 0;
  for (let i = 0; i <= then.length; i++) {
    const record = await recordOf(layout, `${id}${"-1".repeat(i)}`);
    if (record.status !== "succeeded") throw new Error(`${record.type}: ${record.error?.message}`);
    ran[record.type] = (Date.parse(record.finishedAt) - Date.parse(record.startedAt)) / 1000;
    if (record.type === "register-snowflake") proven = seconds();
  }
  return { proven, ended: seconds(), ran };
}

async function recordOf(layout: Layout, id: string): Promise<JobRecord> {
  for (;;) {
    const path = archivedRecord(layout, id);
    const record = path && readRecord(path);
    if (record) return record;
    await pause(10);
  }
}
