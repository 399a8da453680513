import { readFileSync } from "node:fs";
import { basename } from "node:path";
import Papa from "papaparse";
import { JOB_COLUMNS, TABLE_COLUMNS } from "../../audit/rows.ts";
import { readJson } from "../../files/json.ts";
import { archivedRecord, layoutOf } from "../../files/layout.ts";
import type { JobRecord } from "../../jobs/record.ts";
import type { MergeRow } from "../../snowflake/merge.ts";

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
export function readReport(path: string): { columns: { name: string; type: string }[]; rows: MergeRow[] } {
  const names = (basename(path) === "audit.csv" ? JOB_COLUMNS : TABLE_COLUMNS).map(([name]) => name);
  const { data } = Papa.parse<string[]>(readFileSync(path, "utf8"), { skipEmptyLines: true });
  return {
    columns: names.map(name => ({ name, type: NUMBERS[name] ?? "VARCHAR" })),
    rows: data.slice(1).map(cells => names.map((_, i) => cells[i] || null)),
  };
}

/** Where the chain of records ended at this export: the newest record's hash and id. */
export function chainRow(archive: string, jobs: string): MergeRow[] {
  const { rows } = readReport(jobs);
  const newest = rows.at(-1)?.[0];
  const path = newest ? archivedRecord({ ...layoutOf(""), archive }, newest) : undefined;
  const record = path ? readJson<JobRecord>(path) : undefined;
  return record ? [[record.hash, record.id, new Date().toISOString()]] : [];
}
