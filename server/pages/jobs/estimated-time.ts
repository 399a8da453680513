import { usualTimeOf } from "../../../core/audit/index/paces.ts";
import type { JobFile } from "../../../core/jobs/envelope.ts";
import { estimateLeft, type RunningTable, slowerThanUsual } from "../../../core/jobs/estimate.ts";
import type { JobProgress, TableProgress } from "../../../core/jobs/progress.ts";
import type { JobRecord } from "../../../core/jobs/record.ts";
import { paceLike, sizeOfTable } from "../../../engines/portal/estimates.ts";
import type { Portal } from "../../../engines/portal/page.ts";
import { timeBetween } from "../../../views/format/times.ts";

// A tenth more or less is nothing to look after.
const WORTH_TELLING = 0.2;

/** How long a job still takes, and whether it is slower than usual; nothing where too few jobs like it have ended. */
export function runningTime(
  portal: Portal,
  { type, parameters }: Pick<JobFile, "type" | "parameters">,
  { planned, tables }: JobProgress,
  now: number,
): string[] {
  const real = tables.filter(({ state }) => state !== "skipped" && state !== "failed");
  const pace = planned ? paceLike(portal, { type, parameters }, real) : undefined;
  if (!pace) return [];
  const started = Math.min(...real.flatMap(({ startedAt }) => (startedAt ? [Date.parse(startedAt)] : [])), now);
  const elapsed = (now - started) / 1000;
  const left = estimateLeft(
    pace,
    real.map(table => progressFor(table, now)),
    elapsed,
  );
  if (left.high <= 0) return [];
  const words = `${timeBetween(left.low, left.high)} left, by ${left.jobs} earlier jobs.`;
  return [...(left.pace ? slowerWords(left.pace - 1) : []), words.charAt(0).toUpperCase() + words.slice(1)];
}

/** How long such a job takes as a rule, for its receipt, and how much longer this one took. */
export function usualTime(portal: Portal, record: JobRecord): { usual?: string } {
  const { receipt, status } = record;
  const estimate =
    receipt && status === "succeeded" ? usualTimeOf(portal.index, record, portal.settings.SPARK_PARALLEL) : undefined;
  if (!estimate || !receipt) return {};
  const slower = slowerThanUsual(receipt.done.seconds, estimate);
  const usual = `${timeBetween(estimate.low, estimate.high)}, as ${estimate.jobs} jobs before`;
  return { usual: [usual, ...(slower === undefined ? [] : slowerWords(slower))].join("; ") };
}

function slowerWords(slower: number): string[] {
  return slower < WORTH_TELLING ? [] : [`${Math.round(slower * 100)} % slower than usual.`];
}

function progressFor({ state, startedAt, bytes }: TableProgress, now: number): RunningTable {
  const size = sizeOfTable(bytes === undefined ? {} : { bytes });
  if (state === "waiting") return size;
  if (state !== "running") return { ...size, ended: true };
  return { ...size, elapsed: startedAt ? (now - Date.parse(startedAt)) / 1000 : 0 };
}
