/** A table of figures: what its columns are called, and its rows in their order. Counts are decimal strings. */
export interface Figures {
  columns: string[];
  rows: (string | null)[][];
}

/** A line of a log file, where it stands and as it is written. */
export interface LogLine {
  source: string;
  line: string;
  raw: string;
}

/** Why somebody should look: a figure is above its threshold. */
export interface Alert {
  name: "errorRate" | "errors" | "critical";
  value: number;
  threshold: number;
  message: string;
  /** ISO 8601, UTC. */
  at: string;
}

/** How one file was read. */
export interface ReadFormat {
  source: string;
  format: string;
  /** How its levels are told, in words. */
  rule: string;
  lines: string;
  notParsed: string;
}

/** What an analysis of logs found, whole, so that it can be seen again without Spark. Counts are decimal strings. */
export interface LogAnalysis {
  /** Lines of the files. */
  lines: string;
  /** Records that they make: a stack trace belongs to the line above it. */
  records: string;
  notParsed: string;
  notParsedSamples: LogLine[];
  /** The first and the last time in them; ISO 8601, UTC. */
  from?: string;
  to?: string;
  formats: ReadFormat[];
  /** How many records there are of each level. */
  levels: Record<string, string>;
  thresholds: { errorRate: number; errors: number; critical: number };
  alerts: Alert[];
  /** The analyses by name. */
  figures: Record<string, Figures>;
  /** The names of the reports that were written. */
  reports: string[];
}
