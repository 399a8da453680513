import { mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import papaparse from "papaparse";
import { replaceFile } from "../../files/atomic.ts";
import { toJson } from "../../files/json.ts";
import type { Figures, LogAnalysis } from "../../jobs/analysis.ts";
import { isNumber } from "./analyses/analysis.ts";

/** The analyses that are written as CSV and as JSON. */
export const CSV_REPORTS = ["errors_by_type", "errors_by_hour", "top_errors", "errors_per_ip", "errors_per_service"];
export const JSON_REPORTS = ["error_trends", "errors_by_day", "errors_by_severity"];

/** The report for people, a page of its own. */
export const HTML_REPORT = "report.html";

/** The names of all reports of an analysis. */
export const REPORTS: readonly string[] = [
  ...CSV_REPORTS.map(name => `${name}.csv`),
  ...JSON_REPORTS.map(name => `${name}.json`),
  HTML_REPORT,
];

/** Where reports lie: those of the newest analysis in csv/ and json/, and those of each in a folder named by its job. */
export function reportsFolder(dataDir: string): string {
  return join(dataDir, "reports");
}

/** Writes all reports of an analysis, in its own folder and as the newest; `page` is the report for people. */
export function writeReports(
  dataDir: string,
  job: string,
  { figures }: Pick<LogAnalysis, "figures">,
  page: string,
): void {
  const root = reportsFolder(dataDir);
  const write = (name: string, newest: string, content: string) => {
    for (const path of [join(root, job, name), join(root, newest, name)]) {
      mkdirSync(dirname(path), { recursive: true, mode: 0o750 });
      replaceFile(path, content);
    }
  };
  for (const name of CSV_REPORTS) write(`${name}.csv`, "csv", csvOf(figures[name]));
  for (const name of JSON_REPORTS) write(`${name}.json`, "json", toJson(objectsOf(figures[name])));
  write(HTML_REPORT, "", page);
}

/** Figures as CSV; what a spreadsheet would take for a formula is told to be a text. */
export function csvOf({ columns, rows }: Figures = NONE): string {
  return `${papaparse.unparse({ fields: columns, data: rows }, { escapeFormulae: true })}\r\n`;
}

/** Figures as a list of objects, counts as numbers. */
export function objectsOf({ columns, rows }: Figures = NONE): Record<string, string | number | null>[] {
  return rows.map(cells =>
    Object.fromEntries(
      columns.map((column, i) => {
        const cell = cells[i] ?? null;
        return [column, cell !== null && isNumber(column) ? Number(cell) : cell];
      }),
    ),
  );
}

const NONE: Figures = { columns: [], rows: [] };
