import type { Outcome } from "../jobs/outcome.ts";
import type { JobRecord } from "../jobs/record.ts";
import { harmless } from "./csv.ts";

/** A column of a report: its name, and its cell for one row. */
export type Column<R> = readonly [name: string, cell: (row: R) => string | number | null | undefined];

/** One row of `audit-tables.csv`. */
export interface TableRow {
  record: Pick<JobRecord, "id">;
  outcome: Outcome;
}

/** The columns of `audit.csv`. Only what people or other systems wrote is made harmless: the rest is ours. */
export const JOB_COLUMNS: readonly Column<JobRecord>[] = [
  ["job_id", record => record.id],
  ["type", record => record.type],
  ["status", record => record.status],
  ["submitted_by", record => guarded(record.submittedBy)],
  ["via", record => record.via],
  ["file", record => guarded(record.file)],
  ["note", record => guarded(record.note)],
  ["submitted_at", record => record.submittedAt],
  ["started_at", record => record.startedAt],
  ["finished_at", record => record.finishedAt],
  ["wait_seconds", record => secondsBetween(record.submittedAt, record.startedAt)],
  ["run_seconds", record => secondsBetween(record.startedAt, record.finishedAt)],
  ["attempts", record => attemptsOf(record)],
  ["exit_code", record => record.exitCode],
  ["parent_id", record => record.parent],
  ["retry_of", record => record.retryOf],
  ["tables", record => record.tables.length],
  ["tables_succeeded", record => count(record, "succeeded")],
  ["tables_failed", record => count(record, "failed")],
  ["rows", record => sum(record.tables.map(table => table.rows))],
  ["bytes", record => sum(record.tables.map(table => table.bytes))],
  ["from", record => guarded(places(record.tables.map(table => table.table)))],
  ["to", record => guarded(places(record.tables.map(table => table.target)))],
  ["error", record => guarded(record.error?.message)],
  ["log", record => log(record)],
];

/** The columns of `audit-tables.csv`. */
export const TABLE_COLUMNS: readonly Column<TableRow>[] = [
  ["job_id", ({ record }) => record.id],
  ["table", ({ outcome }) => guarded(outcome.table)],
  ["target", ({ outcome }) => guarded(outcome.target)],
  ["outcome", ({ outcome }) => outcome.outcome],
  ["rows", ({ outcome }) => outcome.rows],
  ["bytes", ({ outcome }) => outcome.bytes],
  ["files", ({ outcome }) => outcome.files],
  ["seconds", ({ outcome }) => outcome.seconds.toFixed(3)],
  ["source_snapshot", ({ outcome }) => outcome.sourceSnapshot],
  ["target_snapshot", ({ outcome }) => outcome.targetSnapshot],
  ["proof", ({ outcome }) => outcome.proof?.verdict],
  ["error", ({ outcome }) => guarded(outcome.error?.message)],
];

function guarded(text: string | undefined): string {
  return text === undefined ? "" : harmless(text);
}

function secondsBetween(from: string, to: string): string {
  return ((Date.parse(to) - Date.parse(from)) / 1000).toFixed(3);
}

function count(record: JobRecord, outcome: Outcome["outcome"]): number {
  return record.tables.filter(table => table.outcome === outcome).length;
}

// Nothing, not 0, where no table says how many.
function sum(figures: readonly (string | undefined)[]): string {
  const told = figures.filter(figure => figure !== undefined);
  return told.length === 0 ? "" : String(told.reduce((total, figure) => total + BigInt(figure), 0n));
}

// Catalog and namespace of every table, each once: `hive.sales`.
function places(tables: readonly string[]): string {
  return [...new Set(tables.map(table => table.slice(0, Math.max(0, table.lastIndexOf(".")))))].join(" ").trim();
}

// An attempt that an orderly stop broke off and one that went on in its place are one.
function attemptsOf({ attempts }: JobRecord): number {
  return attempts.at(-1)?.attempt ?? attempts.length;
}

// The log of the last attempt; a job that was cancelled in the queue has none.
function log(record: JobRecord): string {
  const attempts = attemptsOf(record);
  if (attempts === 0) return "";
  return attempts === 1 ? `logs/${record.id}.log` : `logs/${record.id}.${attempts}.log`;
}
