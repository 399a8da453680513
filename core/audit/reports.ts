import Papa from "papaparse";
import type { Outcome } from "../jobs/outcome.ts";
import type { JobRecord } from "../jobs/record.ts";
import { REPORT_NAMES } from "../store/archive.ts";
import { logName } from "../store/names.ts";

/** One CSV file of the audit: its name in `archive/`, its first line, and the lines of one record. */
export interface AuditReportFile {
  name: string;
  header: string;
  lines(record: JobRecord): string;
}

function report<R>(
  name: string,
  columns: readonly ReportColumn<R>[],
  rows: (record: JobRecord) => R[],
): AuditReportFile {
  const line = (row: R) => csvLine(columns.map(([, cell]) => String(cell(row) ?? "")));
  return {
    name,
    header: csvLine(columns.map(([title]) => title)),
    lines: record => rows(record).map(line).join(""),
  };
}

// What a spreadsheet takes for a formula: its sign, also in full width, behind blanks and quotes too.
const FORMULA = /^[\s"']*[=+\-@\t\r\n\uFF1D\uFF0B\uFF0D\uFF20]/;

/** Text that people or other systems wrote, so that no spreadsheet runs it: a formula gets a leading apostrophe. */
export function harmless(text: string): string {
  return FORMULA.test(text) ? `'${text}` : text;
}

/** A row as one line of CSV. A row is always one line: line breaks and other control characters become a space. */
export function csvLine(cells: readonly string[]): string {
  const flat = cells.map(cell => cell.replace(/[\p{Cc}\u2028\u2029]+/gu, " "));
  return `${Papa.unparse([flat])}\n`;
}

/** A column of a report: its name, and its cell for one row. */
export type ReportColumn<R> = readonly [name: string, cell: (row: R) => string | number | null | undefined];

/** One row of `audit-tables.csv`. */
export interface TableRow {
  record: Pick<JobRecord, "id">;
  outcome: Outcome;
}

/** The columns of `audit.csv`. Only what people or other systems wrote is made harmless: the rest is ours. */
export const JOB_COLUMNS: readonly ReportColumn<JobRecord>[] = [
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
export const TABLE_COLUMNS: readonly ReportColumn<TableRow>[] = [
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

// An empty cell, not 0, if no table has the figure.
function sum(figures: readonly (string | undefined)[]): string {
  const present = figures.filter(figure => figure !== undefined);
  return present.length === 0 ? "" : String(present.reduce((total, figure) => total + BigInt(figure), 0n));
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
  return `logs/${logName(record.id, attempts)}`;
}

/** Both files of the audit report. Each line starts with the id of its job. */
export const AUDIT_REPORTS: readonly AuditReportFile[] = [
  report(REPORT_NAMES.jobs, JOB_COLUMNS, record => [record]),
  report(REPORT_NAMES.tables, TABLE_COLUMNS, record => record.tables.map(outcome => ({ record, outcome }))),
];
