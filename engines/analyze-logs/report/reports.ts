import { mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import papaparse from "papaparse";
import type { AnalysisFigures, LogAnalysis } from "../../../core/jobs/analysis.ts";
import { reportsFolder } from "../../../core/store/data-files.ts";
import { jsonName } from "../../../core/store/names.ts";
import { replaceFile } from "../../../core/system/atomic.ts";
import { toJson } from "../../../core/system/json.ts";
import { isNumber } from "../analyses/analysis.ts";

/** The analyses that are written as CSV and as JSON. */
export const CSV_REPORTS = ["errors_by_type", "errors_by_hour", "top_errors", "errors_per_ip", "errors_per_service"];
export const JSON_REPORTS = ["error_trends", "errors_by_day", "errors_by_severity"];

/** The report for people, a page of its own. */
const HTML_REPORT = "report.html";

/** The names of all reports of an analysis. */
export const ANALYSIS_REPORTS: readonly string[] = [
  ...CSV_REPORTS.map(name => `${name}.csv`),
  ...JSON_REPORTS.map(jsonName),
  HTML_REPORT,
];

/** Writes all reports of an analysis, in a folder named by its job, and as the newest in csv/ and json/; `page` is the report for people. */
export function writeAnalysisReports(
  dataDir: string,
  job: string,
  { figures }: Pick<LogAnalysis, "figures">,
  page: string,
): void {
  const root = reportsFolder(dataDir);
  const write = (name: string, newest: string, content: string) => {
    for (const path of [join(root, job, name), join(root, newest, name)]) {
      mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
      replaceFile(path, content);
    }
  };
  for (const name of CSV_REPORTS) write(`${name}.csv`, "csv", csvText(figures[name]));
  for (const name of JSON_REPORTS) write(jsonName(name), "json", toJson(objectsOf(figures[name])));
  write(HTML_REPORT, "", page);
}

/** Figures as CSV; what a spreadsheet would take for a formula is told to be a text. */
export function csvText({ columns, rows }: AnalysisFigures = NONE): string {
  return `${papaparse.unparse({ fields: columns, data: rows }, { escapeFormulae: true })}\r\n`;
}

/** Figures as a list of objects, counts as numbers. */
export function objectsOf({ columns, rows }: AnalysisFigures = NONE): Record<string, string | number | null>[] {
  return rows.map(cells =>
    Object.fromEntries(
      columns.map((column, i) => {
        const cell = cells[i] ?? null;
        return [column, cell !== null && isNumber(column) ? Number(cell) : cell];
      }),
    ),
  );
}

const NONE: AnalysisFigures = { columns: [], rows: [] };
