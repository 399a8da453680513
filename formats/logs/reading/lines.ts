import { quote, sparkLiteral } from "../../../connectors/iceberg/names.ts";
import type { LogFile, LogFormat } from "../format.ts";
import { LEVEL_WORDS } from "../levels.ts";
import { MONTHS } from "../times/times.ts";

/** Files that are read alike and lie in one folder: one scan of Spark. */
export interface Group {
  format: LogFormat;
  timeZone: string;
  folder: string;
  files: readonly LogFile[];
  /** Some of its lines are parts of longer ones. */
  hasParts?: boolean;
}

/** Puts files into groups. Throws a sentence where Spark would not read a file by its name. */
export function grouped(files: readonly LogFile[]): Group[] {
  const groups = new Map<string, { format: LogFormat; timeZone: string; folder: string; files: LogFile[] }>();
  for (const file of files) {
    const { folder, base } = linePlace(file.uri);
    if (/^[_.]/.test(base))
      throw new Error(`Spark reads no file whose name begins with _ or a point, as ${base} does: rename it.`);
    const key = JSON.stringify([file.format.name, file.format.key, file.timeZone, folder]);
    const group = groups.get(key) ?? { format: file.format, timeZone: file.timeZone, folder, files: [] };
    group.files.push(file);
    groups.set(key, group);
  }
  return [...groups.values()];
}

/** A file's folder and its name in it. */
export function linePlace(uri: string): { folder: string; base: string } {
  const at = uri.lastIndexOf("/");
  return { folder: uri.slice(0, at), base: uri.slice(at + 1) };
}

/**
 * All lines of a group: raw, and where they come from: path, start and length of their split, and an id that grows by
 * one from line to line of a split. Lines end with LF or CR LF.
 */
export function scanLines(group: Group): string {
  const { parted } = group.format;
  if (!parted || !group.hasParts) return rawLines(group);
  // Only here lines must be held against the one before, which sorts them.
  return `select *, coalesce(lag(${parted.open("raw")}) over (partition by path, start order by id) = ${parted.stream("raw")}, false) as goes
    from (${rawLines(group)})`;
}

function rawLines({ folder, files }: Group): string {
  const names = files.map(file => escaped(linePlace(file.uri).base));
  const path = `${escaped(folder)}/${names.length === 1 ? names[0] : `{${names.join(",")}}`}`;
  // Not trim(), which makes lists of all signs of a line. Made valid first: a broken sign would swallow the CR behind it.
  const valid = "make_valid_utf8(value)";
  const text = `if(endswith(value, '\\r') or startswith(value, '\uFEFF'), regexp_replace(${valid}, '^\uFEFF|\\r\\\\z', ''), ${valid})`;
  return `select ${text} as raw, monotonically_increasing_id() as id, _metadata.file_path as path,
    _metadata.file_block_start as start, _metadata.file_block_length as length from text.${quote(path)} with (lineSep = '\\n')`;
}

/** Whether a line of a scan belongs to the record above, as SQL. */
export function followsOf({ format, hasParts }: Group): string {
  const follows = followsSql(format, "raw");
  return hasParts ? `(goes or ${follows})` : follows;
}

/** The same of a line by itself. */
function followsSql({ begins, follows, unwrap, quote, goesOn }: LogFormat, raw: string): string {
  if (follows === "none") return "false";
  const line = unwrap ? unwrap.sql(raw) : raw;
  const is = (source: string) => `${line} rlike ${sparkLiteral(`^(?:${source})`)}`;
  // Within quotes a line may be anything.
  if (quote) return `not (${is(begins)})`;
  // What begins as a record of any format is none of a trace: nothing is swallowed.
  const other = `not (${is(begins)}) and not (${is(RECORD)})`;
  const own = follows === "all" ? other : `${is(TRACE)} and ${other}`;
  return goesOn ? `(${is(goesOn)} or ${own})` : `(${own})`;
}

/** Whether a line belongs to the record above, as followsSql says it. */
function followsIn({ begins, follows, quote, goesOn }: LogFormat): (line: string) => boolean {
  if (follows === "none") return () => false;
  const [begin, record, trace] = [begins, RECORD, TRACE].map(source => new RegExp(`^(?:${source})`));
  const isOther = (line: string) => begin?.test(line) === true || (!quote && record?.test(line) === true);
  const goes = goesOn ? new RegExp(`^(?:${goesOn})`) : undefined;
  return line => goes?.test(line) === true || ((follows === "all" || trace?.test(line) === true) && !isOther(line));
}

/** Lines in front of the records of a file: the header. */
export function headerLines(format: LogFormat): number {
  return format.header ?? 0;
}

// Signs that Hadoop takes for a pattern of names.
function escaped(path: string): string {
  return path.replace(/[*?[\]{}\\,]/g, "\\$&");
}

// An exception, and what Python, PHP, Go, Rust, Ruby, JavaScript and .NET write below one.
const STACK = [
  String.raw`\.\.\. \d+ |at [\w$.<>/ -]+\(|Caused by: |Suppressed: |Traceback \(|\*\*\* |Exception in thread |Nested exception`,
  String.raw`During handling of the above|The above exception was|[\w$.\\:]{1,300}(?:Exception|Error|Throwable|Exit|Interrupt)(?::|$)`,
  String.raw`\[stacktrace\]|#\d+ |\"\} ?|Stack trace:|-{3} End of |-{3}> |goroutine \d+ |panic: |main\.\w+\(|created by |exit status \d`,
  String.raw`thread '|stack backtrace:|note: run with |from /\S+:\d+|> File |[│└├╭╰|] |\^+$|[)\]}]+[,;]?$`,
];

/** A line that goes on with the record above whatever the format: of a stack trace, or indented. The same for Java and JavaScript. */
const TRACE = String.raw`(?:\s|$|${STACK.join("|")})`;

/**
 * How a record begins in any format that people have: with a date and a time of day, a level, a priority, or as an object with a
 * time or a level. No such line is part of a trace.
 */
const RECORD = String.raw`(?:\s{0,4}[\[(<]?(?:\d{4}[-/.]\d\d[-/.]\d\d[T _]\d\d:\d\d|\d{8}[T _-]\d{6}(?!\d)|\d{2}/\d\d/\d\d \d\d:\d\d:\d\d|\d{1,2}[/.-]\d{1,2}[/.-]\d{4},? \d{1,2}:\d\d|\d\d[/-](?:${MONTHS})[/-]\d{4}[ :]\d\d:|(?:[A-Z][a-z]{2} )?(?:${MONTHS}) [ \d]\d (?:\d{4} )?\d\d:\d\d:\d\d)|<\d{1,3}>(?:\d |(?:${MONTHS}) )|[IWEFD]\d{4} \d\d:\d\d:\d\d\.|\[?(?:${LEVEL_WORDS.toUpperCase()})[\]:]|\{.{0,300}?"(?:time|timestamp|@timestamp|ts|level|severity|log_level|@t)" ?:|(?:time|ts|level|lvl)=\S+ \w+=|\S{1,60} \S{1,60} \S{1,60} \[\d\d/(?:${MONTHS})/\d{4}:\d\d:)`;

const TRACES = new RegExp(`^${TRACE}`);

/**
 * How many of the lines a format explains, from 0 to 1: its records against lines that are none. Traces tell nothing for or
 * against it.
 */
export function sampleShare(format: LogFormat, lines: readonly string[]): number {
  if (format.begins === "") return format.header ? 0.5 : 0;
  const begins = new RegExp(`^(?:${format.begins})`);
  const goesOn = format.goesOn ? new RegExp(`^(?:${format.goesOn})`) : undefined;
  const follows = followsIn(format);
  let fit = 0;
  let other = 0;
  for (const raw of lines.slice(format.header ?? 0)) {
    const line = (format.unwrap?.line(raw) ?? raw).slice(0, LOOKED_AT);
    if (begins.test(line) && !goesOn?.test(line)) {
      if (format.fits && !format.fits(format.unwrap?.line(raw) ?? raw)) other += 1;
      else fit += 1;
    } else if (!(goesOn?.test(line) || TRACES.test(line) || (format.follows === "none" && follows(line)))) other += 1;
  }
  // A header alone is a file of no records.
  if (lines.length <= (format.header ?? 0)) return format.header ? 1 : 0;
  return fit === 0 ? 0 : fit / (fit + other);
}

// What a line is shows in its beginning.
const LOOKED_AT = 4000;
