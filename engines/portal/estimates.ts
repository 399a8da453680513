import { kindOf } from "../../core/audit/index/paces.ts";
import { type Estimate, estimateJob, type JobPace } from "../../core/jobs/estimate.ts";
import type { Outcome } from "../../core/jobs/outcome.ts";
import { timeBetween } from "../../views/format/times.ts";
import type { Portal } from "./page.ts";

/** A table of a job that was planned, with its size where it is known. */
export interface EstimatedTable extends Pick<Outcome, "table" | "target"> {
  bytes?: string;
}

/** How fast jobs like this one were lately, by its first table; undefined where too few of them have succeeded. */
export function paceLike(
  { index, settings }: Pick<Portal, "index" | "settings">,
  job: { type: string; parameters: unknown },
  tables: readonly Pick<Outcome, "table" | "target">[],
): JobPace | undefined {
  const [first] = tables;
  return first && index.pace(kindOf(job.type, job.parameters, first), settings.SPARK_PARALLEL);
}

/** How long a job with these tables takes, by past jobs of its kind: for plans, receipts and the board. */
export function estimateFor(
  portal: Pick<Portal, "index" | "settings">,
  job: { type: string; parameters: unknown },
  tables: readonly EstimatedTable[],
): Estimate | undefined {
  const pace = paceLike(portal, job, tables);
  return pace && estimateJob(pace, tables.map(sizeOfTable));
}

/** How long a job and its follow-ups take one after the other; undefined where too few jobs like one of them have ended. */
export function estimateChain(
  portal: Pick<Portal, "index" | "settings">,
  jobs: readonly { type: string; parameters: unknown; tables: readonly EstimatedTable[] }[],
): Estimate | undefined {
  const found = jobs.map(job => estimateFor(portal, job, job.tables));
  return found.reduce((all, next) =>
    all && next
      ? {
          ...{ low: all.low + next.low, usual: all.usual + next.usual, high: all.high + next.high },
          jobs: Math.min(all.jobs, next.jobs),
        }
      : undefined,
  );
}

/** The size of a table for an estimate, where it is known. */
export function sizeOfTable({ bytes }: Pick<EstimatedTable, "bytes">): { bytes?: number } {
  return bytes === undefined ? {} : { bytes: Number(bytes) };
}

/** `2 to 4 min, from 23 earlier jobs`. */
export function estimateWords({ low, high, jobs }: Estimate): string {
  return `${timeBetween(low, high)}, from ${jobs} earlier jobs`;
}
