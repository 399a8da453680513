import { readFileSync } from "node:fs";
import Papa from "papaparse";
import type { MergeRow } from "../../connectors/snowflake/merge.ts";
import { readArchiveHead } from "../../core/audit/head.ts";
import { readRecord } from "../../core/audit/records.ts";
import { JOB_COLUMNS, TABLE_COLUMNS } from "../../core/audit/reports.ts";
import type { JobRecord } from "../../core/jobs/record.ts";
import type { ReportName } from "../../core/store/archive.ts";
import { archivedRecord, layoutOf } from "../../core/store/layout.ts";

const NUMBERS: Readonly<Record<string, string>> = {
  ...{
    rows: "NUMBER(38,0)",
    bytes: "NUMBER(38,0)",
    files: "NUMBER(38,0)",
    attempts: "NUMBER(9,0)",
    exit_code: "NUMBER(9,0)",
  },
  ...{ tables: "NUMBER(9,0)", tables_succeeded: "NUMBER(9,0)", tables_failed: "NUMBER(9,0)" },
  ...{ wait_seconds: "NUMBER(18,3)", run_seconds: "NUMBER(18,3)", seconds: "NUMBER(18,3)" },
};

/** A report's columns with the types that they have in Snowflake, and its rows; an empty cell is null. */
export function readReport(
  path: string,
  report: ReportName,
): { columns: { name: string; type: string }[]; rows: MergeRow[] } {
  const names = (report === "jobs" ? JOB_COLUMNS : TABLE_COLUMNS).map(([name]) => name);
  const { data } = Papa.parse<string[]>(readFileSync(path, "utf8"), { skipEmptyLines: true });
  return {
    columns: names.map(name => ({ name, type: NUMBERS[name] ?? "VARCHAR" })),
    rows: data.slice(1).map(cells => names.map((_, i) => cells[i] || null)),
  };
}

/** Where the chain of records ends at this export: the newest record's hash and id, as the worker noted them. */
export function chainRow(archive: string, jobs: string): MergeRow[] {
  const head = readArchiveHead({ archive });
  const newest = head && head !== "unreadable" ? head : lastRecord(archive, jobs);
  return newest ? [[newest.hash, newest.id, new Date().toISOString()]] : [];
}

// Without a note: the last record of the report.
function lastRecord(archive: string, jobs: string): JobRecord | undefined {
  const { rows } = readReport(jobs, "jobs");
  const newest = rows.at(-1)?.[0];
  const path = newest ? archivedRecord({ ...layoutOf(""), archive }, newest) : undefined;
  return path ? readRecord(path) : undefined;
}
