/** What a format finds in a record, in the order of the table of parsed lines. Times are UTC, `seconds` a response time. */
export const PARSED = [
  "time",
  "level",
  "message",
  "template",
  "ip",
  "service",
  "endpoint",
  "host",
  "method",
  "status",
  "bytes",
  "seconds",
] as const;

export type ParsedColumn = (typeof PARSED)[number];

/** Their types in Spark SQL. */
export const TYPES: Record<ParsedColumn, string> = {
  time: "timestamp",
  level: "string",
  message: "string",
  template: "string",
  ip: "string",
  service: "string",
  endpoint: "string",
  host: "string",
  method: "string",
  status: "int",
  bytes: "bigint",
  seconds: "double",
};

/** What a record is read with. */
export interface ReadOptions {
  /** An IANA name or an offset, for times that have none of their own. */
  timeZone: string;
  /** For times without a year; a format that has years leaves it alone. */
  years?: Years;
  /** Whether the day comes before the month in dates as `03/05/2011`, as SQL; one answer for a file. */
  dayFirst?: string;
}

/**
 * Tells the year of a time that has none, as SQL: a day from `cut` on (month times 100, plus day) lies in `base`, one
 * before it in the year after.
 */
export interface Years {
  base: string;
  cut: string;
}

/** A shape of lines. All SQL is deterministic, throws nothing under ANSI, and gives null for what it does not know. */
export interface LogFormat {
  /** What a job calls it: `access`, `syslog-5424`. */
  name: string;
  /** What people call it. */
  title: string;
  /** How its levels come about, in a sentence for people. */
  rule: string;
  /** What the first line of a record looks like; the same for Java and JavaScript. */
  begins: string;
  /** Which other lines belong to the record above: none, those of a stack trace, or all. */
  follows: "none" | "traces" | "all";
  /** Lines that go on with the record above although they begin like one, `DETAIL:` of PostgreSQL. */
  goesOn?: string;
  /** What of this was guessed, and how a person says it, in a sentence. */
  doubt?: string;
  /** Files of formats of the same name and key are read together. */
  key?: string;
  /** So many lines at the beginning of a file are no records: they name the columns. */
  header?: number;
  /** What of a line is of this format, where it is wrapped: in an object of Docker, behind a prefix, in colours. */
  unwrap?: { sql(raw: string): string; line(raw: string): string | undefined };
  /** Where a long line is written in parts, as container runtimes do. */
  parted?: PartedLines;
  /** What is taken apart, where that is more than the first line: a text in quotes, an object over several lines. */
  text?(raw: string, trace: string): string;
  /** Lines follow only a record whose quotes are not closed, by this sign. */
  quote?: string;
  /** It holds of many lines that a narrower format reads better. */
  broad?: true;
  /** Lines may be read one by one, as a stream has them; false where a record has several lines. */
  oneByOne?: false;
  /** Whether a line, of which `begins` holds, is of this format; for what a pattern can't tell. */
  fits?(line: string): boolean;
  /** Month times 100 plus day of a record, as SQL; only in a format whose times have no year. */
  monthDay?(raw: string): string;
  /** Which of two numbers of a record's date is the day (any-time.ts), as SQL; where its dates may be written so. */
  dayOrder?(raw: string): string;
  /** The parts of a record in one expression. */
  parts(raw: string): string;
  /** Whether the record was understood, of its parts and its time. */
  understood(parts: string, time: string): string;
  /** What is found in them. A column that a format does not know is left out; `template` is made of the message. */
  columns(parts: string, options: ReadOptions): Partial<Record<ParsedColumn, string>>;
}

/** How the parts of a long line are known and joined, as SQL. */
export interface PartedLines {
  /** The stream of a line that goes on in the next one of that stream; null for a whole line and a last part. */
  open(raw: string): string;
  stream(raw: string): string;
  /** What a later part adds, and the first part with all that they add. */
  piece(raw: string): string;
  joined(raw: string, pieces: string): string;
}

/** A file that is to be read: where Spark finds it, how people call it, and how it is written. */
export interface LogFile {
  uri: string;
  /** As it is shown, and what `source` says. Two files must not share it. */
  name: string;
  format: LogFormat;
  /** How many of the lines that were looked at have that format, from 0 to 1. */
  sure?: number;
  timeZone: string;
  /** Whether the day comes first in dates as `03/05/2011`; where nobody has said it the file's other dates tell. */
  dayFirst?: boolean;
  /** The year of its first line, where its times have none. */
  year?: number;
  /** When the file was last written; without `year` no line lies more than a day after it. */
  modified: Date;
}

/** In which unit whole numbers at the ends of lines count. */
export const DURATIONS = { seconds: "1d", milliseconds: "1000d", microseconds: "1000000d" } as const;

export type DurationUnit = keyof typeof DURATIONS;
