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

/** What is counted of every group, by the name of its column. `now` and `before` are errors of the two periods. */
export const MEASURES = {
  records: "lines",
  lines: "lines",
  count: "lines",
  errors: "errors",
  critical: "critical",
  not_parsed: "not_parsed",
  now: "now",
  before: "before",
  rise: "now - before",
  change: "if(before = 0, null, round((now - before) * 100.0 / before, 1))",
  seconds: "round(spent / timed, 3)",
  first_seen: "first",
  last_seen: "last",
} as const;

export type Measure = keyof typeof MEASURES;

/**
 * One question to the lines: how many there are of each kind. All SQL in it is over the columns of the table of parsed
 * lines, and `at` (the step of time), `hour` (of the day, UTC).
 */
export interface Analysis {
  name: string;
  title: string;
  chart: Chart;
  /** What its groups are, three columns at most: the name of each, and its SQL. */
  by: Readonly<Record<string, string>>;
  /** Which lines it is about. */
  only?: string;
  measures: readonly Measure[];
  /** The columns that its rows are ordered by, three numbers at most; a minus sign begins with the highest. */
  order: readonly string[];
  /** The most rows that it has; as many as `topN` where it is a list. */
  most: "topN" | number;
  /** A first row, without a name, for all groups together. */
  total?: true;
  /** Its groups are so many that they are counted on their own, not with those of the others. */
  apart?: true;
}

/** The columns of an analysis, in order. */
export function analysisColumns({ by, measures }: Analysis): string[] {
  return [...Object.keys(by), ...measures];
}

/** Whether a column holds numbers, not words. */
export function isNumber(column: string): boolean {
  return NUMBERS.has(column);
}

/** Whether a column holds a moment. */
export function isTime(column: string): boolean {
  return TIMES.has(column);
}

/** Whether a line is an error, as SQL. */
export const IS_ERROR = "level in ('error', 'critical')";

const TIMES: ReadonlySet<string> = new Set(["time", "first_seen", "last_seen"]);
const NUMBERS: ReadonlySet<string> = new Set([
  ...Object.keys(MEASURES).filter(name => !TIMES.has(name)),
  ...["hour", "weekday", "status"],
]);
