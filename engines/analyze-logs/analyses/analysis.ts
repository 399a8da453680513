/** How the figures of an analysis are drawn. */
export type Chart = "line" | "histogram" | "bars" | "heat" | "none";

/** What an analysis is told beside the lines. Times are seconds since 1970, UTC. */
export interface Options {
  /** How many rows the lists have. */
  topN: number;
  /** How wide the steps of time are, in seconds. */
  width: number;
  /** The period that trends are about; the one before is as long. */
  period: { from: number; to: number };
}

/** One question to the lines. Its rows do not depend on the time zone of the session that asks. */
export interface Analysis {
  name: string;
  title: string;
  chart: Chart;
  columns: readonly string[];
  /** A SELECT of the columns; `lines` is a relation with the columns of the table of parsed lines. */
  sql(lines: string, options: Options): string;
  /** The order of its rows, as SQL over its columns. */
  order: string;
  /** The most rows that it has; as many as `topN` where it is a list. */
  most: "topN" | number;
}

/** Whether a column holds numbers, not words. */
export function isNumber(column: string): boolean {
  return NUMBERS.has(column);
}

const NUMBERS: ReadonlySet<string> = new Set([
  ...["records", "errors", "critical", "not_parsed", "lines", "count", "now", "before", "change"],
  ...["hour", "weekday", "status", "seconds"],
]);
