import { setTimeout as sleep } from "node:timers/promises";
import { readRecord } from "../../core/audit/records.ts";
import type { Outcome } from "../../core/jobs/outcome.ts";
import type { JobRecord } from "../../core/jobs/record.ts";
import type { Settings } from "../../core/settings.ts";
import { archivedRecord, layoutOf } from "../../core/store/layout.ts";
import { group } from "../../engines/runner/lines.ts";

/** The records of a job and of all jobs that follow it, when the last one has ended or `isStopped` says so. */
export async function chainRecords(
  settings: Pick<Settings, "DATA_DIR">,
  id: string,
  isStopped: () => boolean,
): Promise<JobRecord[]> {
  const layout = layoutOf(settings.DATA_DIR);
  const records: JobRecord[] = [];
  for (let next: string | undefined = id; next && !isStopped(); ) {
    const path = archivedRecord(layout, next);
    const record = path ? readRecord(path) : undefined;
    if (record) records.push(record);
    if (record) next = record.followUps[0];
    else await sleep(200);
  }
  return records;
}

/** A table of what a chain of jobs proved: a row for each table, a column for each place that it came to. */
export function provenRows(records: readonly JobRecord[]): string[][] {
  const stages = records.filter(({ type }) => type !== "export-audit");
  const places = stages.map(({ tables }) => tables[0]?.target.split(".")[0] ?? "?");
  const rows = (stages[0]?.tables ?? []).map(first => {
    const way = wayOf(first, stages);
    const seconds = way.reduce((sum, outcome) => sum + outcome.seconds, 0);
    return [
      first.table,
      first.rows === undefined ? "" : group(first.rows),
      ...stages.map((_, i) => verdictOf(way[i])),
      seconds.toFixed(1),
    ];
  });
  return [["table", "rows", ...places, "seconds"], ...rows];
}

/** What went wrong in a chain of jobs, a line for each job. */
export function failures(records: readonly JobRecord[]): string[] {
  return records
    .filter(({ status }) => status !== "succeeded")
    .map(({ type, status, error, id }) => `${type} ${status}: ${error?.message ?? "see its log"} (${id})`);
}

// The same table through all stages: one stage's target is the next one's source.
function wayOf(first: Outcome, stages: readonly JobRecord[]): Outcome[] {
  const way = [first];
  for (const { tables } of stages.slice(1)) {
    const next = tables.find(({ table }) => table === way.at(-1)?.target);
    if (!next) break;
    way.push(next);
  }
  return way;
}

function verdictOf(outcome: Outcome | undefined): string {
  return outcome ? (outcome.proof?.verdict ?? outcome.outcome) : "-";
}
