import type { JobRecord } from "../jobs/record.ts";
import { csvLine } from "./csv.ts";
import { type Column, JOB_COLUMNS, TABLE_COLUMNS } from "./rows.ts";

/** One CSV file of the audit: its name in `archive/`, its first line, and the lines of one record. */
export interface Report {
  name: string;
  header: string;
  lines(record: JobRecord): string;
}

/** Both files of the audit report. Each line starts with the id of its job. */
export const REPORTS: readonly Report[] = [
  report("audit.csv", JOB_COLUMNS, record => [record]),
  report("audit-tables.csv", TABLE_COLUMNS, record => record.tables.map(outcome => ({ record, outcome }))),
];

function report<R>(name: string, columns: readonly Column<R>[], rows: (record: JobRecord) => R[]): Report {
  const line = (row: R) => csvLine(columns.map(([, cell]) => String(cell(row) ?? "")));
  return {
    name,
    header: csvLine(columns.map(([title]) => title)),
    lines: record => rows(record).map(line).join(""),
  };
}
