import { stripVTControlCharacters } from "node:util";

/** The one scale, from harmless to grave; `unknown` is a line that has a level we do not know, or says none. */
export const LEVELS = ["unknown", "debug", "info", "warn", "error", "critical"] as const;

export type ParsedLevel = (typeof LEVELS)[number];

/** How grave a line is, where that is known; what is fatal is critical, what is a trace is debug. */
export type LogLevel = Exclude<ParsedLevel, "unknown">;

/** What somebody who looks for errors wants. */
export const ERROR_LEVELS: ReadonlySet<LogLevel> = new Set(["error", "critical"]);

/** What somebody who looks for warnings wants. */
export const WARNING_LEVELS: ReadonlySet<LogLevel> = new Set(["warn", ...ERROR_LEVELS]);

/** What a line is within the log: its level, and whether it belongs to the record above. */
export interface Rank {
  level?: LogLevel;
  continues?: true;
}

/**
 * Ranks the lines of a log, one after the other. A record begins with a line that has a time stamp, a level, or a shape
 * of its own (`startOf`); what follows belongs to it: stack traces to their end, other lines up to twenty.
 */
export function ranker(): (line: string) => Rank {
  let record: LogLevel | undefined;
  let plain = 0;
  const begins = (level: LogLevel | undefined): Rank => {
    record = level;
    plain = 20;
    return level ? { level } : {};
  };
  const goesOn = (): Rank => (record ? { level: record, continues: true } : {});
  return line => {
    const text = beginning(line);
    if (TRACE.test(text)) return goesOn();
    const start = recordStart(text);
    if (start) return begins(start.level);
    if (TROUBLE.test(text)) return record && WARNING_LEVELS.has(record) ? goesOn() : begins("error");
    plain -= 1;
    if (plain < 0) record = undefined;
    return goesOn();
  };
}

/** Whether a line begins a record, and of which level. */
export function recordStart(line: string): { level?: LogLevel } | undefined {
  const text = beginning(line);
  const stamp = STAMP.exec(text)?.[0];
  if (stamp !== undefined) return { level: stampedLevel(text.slice(stamp.length)) };
  if (text.startsWith("{")) return jsonLevel(text);
  const level = wordLevel(LEADING.exec(text)?.[1] ?? LOGFMT.exec(text)?.[1]);
  if (level) return { level };
  return SHAPES.find(([shape]) => shape.test(text))?.[1];
}

/** Finds what every line that begins an error or a warning has somewhere, and many others have too. */
export const HINT =
  /err|warn|fatal|severe|critical|panic|exception|traceback|caused by|failed|cancelled|left.behind|tried again|\(node:|"level" ?: ?(?:[4-9]|\d{3})/gi;

// 26/11/23 10:00:00 (Spark) · 2026-11-23T10:00:00.123Z (ours) · 2026-11-23 10:00:00,123 (log4j, Python) · [10:00:00] (pino-pretty)
const STAMP =
  /^\[?(?:\d{4}[-/]\d\d[-/]\d\d[T ]|\d\d\/\d\d\/\d\d )?\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?: ?(?:Z|[+-]\d\d:?\d\d)(?!\d))?\]?/;

const WORDS = "TRACE|DEBUG|INFO|NOTICE|WARN|WARNING|ERROR|ERR|FATAL|CRITICAL|SEVERE|PANIC";

// After the stamp, with up to two words (a logger, a thread) before it: `ERROR X:`, `- name - ERROR -`, `[main] WARN`, `[error]`, `error:`.
const STAMPED = new RegExp(
  `^[\\s|,-]*(?:(?:\\[[^\\]]{1,80}\\]|[\\w.$/-]{1,80})[\\s|:-]+){0,2}?(?:\\[?(${WORDS})(?![\\w.])|\\[(${WORDS.toLowerCase()})\\])`,
);
const STAMPED_LOWER = new RegExp(`^[\\s|,-]*(${WORDS.toLowerCase()}):`);

// Without a stamp: `ERROR: message`, `WARN  message`, `[ERROR] message`, `ERROR:root:message`, `warning: message`.
const LEADING = new RegExp(`^\\[?(${WORDS}|(?:${WORDS.toLowerCase()}|Warning)(?=:))(?=[\\]:\\s-]|$)`);

// time=… level=error msg=…
const LOGFMT = /^(?:time|ts|level)=.*?\blevel="?(\w+)/;

// How an engine tells the end of a table (engines/runner/lines.ts).
const OUTCOME = /^ [^:]{1,300}: (?:(failed)|cancelled|left behind)(?=[,:]| \(|$)/;
const LEFT_BEHIND = /^ left behind: /;

// Lines with a meaning of their own: the command and the verdict of a job's log (worker/engine/launch.ts, worker/finish/archive.ts),
// an exception nobody caught, a warning of Node.
const SHAPES: readonly [RegExp, { level: LogLevel }][] = [
  [/^\$ \S/, { level: "info" }],
  [/^succeeded$/, { level: "info" }],
  [/^failed(?:: |$)/, { level: "error" }],
  [/^cancelled(?:: |$)/, { level: "warn" }],
  [/^attempt \d+ ended, to be tried again: /, { level: "warn" }],
  [/^Exception in thread "/, { level: "error" }],
  [/^\(node:\d+\) /, { level: "warn" }],
];

// Goes on with a record, if there is one: `    at x.y(Z.java:1)`, `... 12 more`, `}`.
const TRACE = /^(?:\s+\S|\.\.\. \d+ |[)\]}]+,?$)/;

// Begins an error of its own unless it explains the one above: Python's trace, `java.io.IOException: …`, `TypeError: …`.
const TROUBLE =
  /^(?:Traceback \(most recent call last\):|Caused by: |(?:[a-z_$][\w$]*\.)*(?:[A-Z]\w*)?(?:Exception|Error)(?::|$))/;

function stampedLevel(rest: string): LogLevel {
  const found = STAMPED.exec(rest);
  const level = wordLevel(found?.[1] ?? found?.[2] ?? STAMPED_LOWER.exec(rest)?.[1]);
  if (level) return level;
  const outcome = OUTCOME.exec(rest);
  return outcome ? (outcome[1] ? "error" : "warn") : LEFT_BEHIND.test(rest) ? "warn" : "info";
}

// pino's numbers and Spark's words; the events of a job have an outcome instead.
function jsonLevel(text: string): { level?: LogLevel } {
  const level = /"level" ?: ?(?:(\d+)|"(\w+)")/i.exec(text);
  if (level?.[1]) return { level: numberLevel(Number(level[1])) };
  const word = wordLevel(level?.[2]);
  if (word) return { level: word };
  const event = /"event":"([a-z-]+)"/.exec(text)?.[1];
  if (event === undefined) return {};
  if (event === "left-behind") return { level: "warn" };
  return { level: /"outcome":"failed"|"error":\{/.test(text) ? "error" : "info" };
}

function numberLevel(level: number): LogLevel {
  return level >= 60 ? "critical" : level >= 50 ? "error" : level >= 40 ? "warn" : level >= 30 ? "info" : "debug";
}

function wordLevel(word: string | undefined): LogLevel | undefined {
  return word === undefined ? undefined : OF_WORD[word.toLowerCase()];
}

const OF_WORD: Readonly<Record<string, LogLevel>> = {
  trace: "debug",
  debug: "debug",
  info: "info",
  notice: "info",
  warn: "warn",
  warning: "warn",
  error: "error",
  err: "error",
  severe: "error",
  fatal: "critical",
  critical: "critical",
  panic: "critical",
};

// What a line is shows in its beginning; a line of megabytes is not looked through.
function beginning(line: string): string {
  const text = line.length > 1000 ? line.slice(0, 1000) : line;
  return text.includes("\x1b") ? stripVTControlCharacters(text) : text;
}
