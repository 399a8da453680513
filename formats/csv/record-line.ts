import { type DataType, ddl } from "../../connectors/spark/protocol/types.ts";
import type { CsvColumn } from "./columns.ts";
import type { Dialect } from "./dialect.ts";
import type { CsvRecord } from "./reader.ts";
import { valueReader } from "./values/read-value.ts";

/** A file as it will be read: its dialect, the names of all its columns in order, and those that go into the table. */
export interface RecordLayout {
  dialect: Dialect;
  names: readonly string[];
  columns: readonly CsvColumn[];
}

/** Where what is found goes. */
export interface Preparing {
  /** Gets each record that is taken, as a line of plain CSV: its number, its line, its columns in the order of the job. */
  good?(line: string): void;
  bad(record: BadRecord): void;
  signal?: AbortSignal;
}

/** A record that can't be taken. */
export interface BadRecord {
  line: number;
  /** From 0, without the header. */
  number: number;
  problem: string;
  text: string;
}

/** Checks records, and hands each on as a line or with what is wrong with it. */
export interface RecordWriter {
  record(record: CsvRecord, number: number): void;
  /** Hears of the header, which is no record where it comes again. */
  header(record: CsvRecord): void;
  /** No more records come. */
  end(): void;
  bad(): number;
  /** The sum of the numbers of the good ones. */
  numbers(): bigint;
}

/** Makes what checks the records of a file; it stands in the innermost loop of a load. */
export function recordWriter({ dialect, names, columns }: RecordLayout, to: Preparing): RecordWriter {
  const width = names.length;
  const checks = columns.map(checkOf);
  const places = columns.map(({ at }) => at);
  let lower: string[] | undefined;
  // The number of the record that stands right below a header.
  let below = dialect.header ? 0 : -1;
  let bad = 0;
  // Exact up to 2^53 in itself, so the sum of many is kept in two.
  let [numbers, sum] = [0n, 0];
  const found: Found = { text: "" };
  const problemOf = ({ fields, problem, text }: CsvRecord, number: number): string | undefined => {
    if (problem !== undefined) return text === "\\." ? COPY_END : problem;
    if (text === "\\.") return COPY_END;
    if (dialect.trailing && fields.length === width + 1 && fields[width] === null) fields.pop();
    if (fields.length !== width)
      return `${fields.length} ${fields.length === 1 ? "field" : "fields"}, expected ${width}`;
    if (lower && isHeader(fields, lower)) {
      below = number + 1;
      return "this is the header again";
    }
    if (number === below && isRule(fields)) return "this is the line that is drawn below a header";
    found.text = "";
    for (let i = 0; i < checks.length; i++) {
      const wrong = checks[i]!(fields[places[i]!] ?? null, found);
      if (wrong !== undefined) return wrong;
    }
    return undefined;
  };
  let [usual, weight]: [CsvRecord["end"], number] = [undefined, 0];
  const weigh = (end: CsvRecord["end"]) => {
    if (end === undefined) return;
    if (end === usual) weight++;
    else if (weight > 0) weight--;
    else [usual, weight] = [end, 1];
  };
  // One whose line ends otherwise than most lines do waits for the next: what follows may be a part of it.
  let waiting: [CsvRecord, number] | undefined;
  const take = (record: CsvRecord, number: number, cut = false) => {
    const problem =
      problemOf(record, number) ??
      (cut
        ? `its line ends with ${record.end}, others with ${usual}, and what follows is no whole record: it may be cut in two`
        : undefined);
    if (problem !== undefined) {
      bad++;
      to.bad({ line: record.line, number, problem, text: record.text });
      return;
    }
    sum += number;
    if (sum > 2 ** 52) [numbers, sum] = [numbers + BigInt(sum), 0];
    to.good?.(`${number},${record.line}${found.text}\n`);
  };
  const release = (cut: boolean) => {
    if (waiting) take(...waiting, cut);
    waiting = undefined;
  };
  return {
    record(record, number) {
      if (waiting) release(record.fields.length < width);
      weigh(record.end);
      if (record.end === usual || record.end === undefined) take(record, number);
      else waiting = [record, number];
    },
    end: () => release(false),
    header({ fields, end }) {
      weigh(end);
      lower = fields.map(field => (field ?? "").trim().toLowerCase());
    },
    bad: () => bad,
    numbers: () => numbers + BigInt(sum),
  };
}

interface Found {
  /** The columns so far, each with a comma before it. */
  text: string;
}

type Check = (value: string | null, found: Found) => string | undefined;

function isHeader(fields: readonly (string | null)[], lower: readonly string[]): boolean {
  for (let i = 0; i < lower.length; i++) if ((fields[i] ?? "").trim().toLowerCase() !== lower[i]) return false;
  return true;
}

function checkOf({ name, type, length, required, key, format = {} }: CsvColumn): Check {
  const nulls = new Set(format.nulls);
  const isText = type.kind === "string";
  const read = valueReader(type, format);
  const needed = key || required;
  return (given, found) => {
    const value = given !== null && nulls.size > 0 && nulls.has(given) ? null : given;
    if (value === null || (value === "" && (!isText || key))) {
      if (needed) return `${name}: it is empty`;
      found.text += ",";
      return undefined;
    }
    if (length !== undefined && value.length > length) {
      const signs = [...value].length;
      if (signs > length) return `${name}: ${signs} characters, ${length} at most`;
    }
    if (isText) {
      found.text += SPECIAL.test(value) || value === "" ? `,"${value.replaceAll('"', '""')}"` : `,${value}`;
      return undefined;
    }
    const got = read(value);
    if ("wrong" in got) return `${name}: "${value.slice(0, 60)}" ${got.wrong}${hintFor(value, type)}`;
    found.text += `,${got.value}`;
    return undefined;
  };
}

const COPY_END = "this is the end mark of PostgreSQL's COPY, no record";

// What Spark's reader takes for itself stands in quotes.
const SPECIAL = /[",\0-\x1f\x7f-\xa0\u2028\u2029\ufeff\\]|^[\s#]|\s$/;

function hintFor(value: string, type: DataType): string {
  return /^\s|\s$/.test(value) && type.kind !== "string"
    ? `: blanks stand around it, take it as text or clean it before it is ${ddl(type)}`
    : "";
}

/** Whether a record is a line that a program has drawn below its header: as many dashes in each field as its column is wide. */
export function isRule(fields: readonly (string | null)[]): boolean {
  const filled = fields.filter(field => field !== null && field !== "");
  // Markdown has an empty field at both ends.
  if (filled.length < fields.length && (filled.length < fields.length - 2 || fields[0] || fields.at(-1))) return false;
  const drawn = filled.filter(field => /--|==/.test(field ?? "")).length;
  const isAll = filled.every(field => /^[-=: \t]+$/.test(field ?? ""));
  // One dash alone is drawn below a column of one character, as sqlcmd does.
  return isAll && drawn > 0 && drawn * 2 >= filled.length && (fields.length > 1 || (filled[0] ?? "").length > 2);
}
