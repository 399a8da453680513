import type { LogLevel } from "../../core/log-reader/levels.ts";

const WORDS: Record<LogLevel, readonly string[]> = {
  debug: [
    ...["trace", "trc", "trce", "debug", "dbg", "dbug", "debu", "verbose", "vrb", "verb", "fine", "finer", "finest"],
    ...["debug1", "debug2", "debug3", "debug4", "debug5", "all", "silly", "d", "v", "t"],
    ...["trace1", "trace2", "trace3", "trace4", "trace5", "trace6", "trace7", "trace8"],
  ],
  info: [
    ...["info", "inf", "information", "informational", "informationen", "notice", "note", "system", "config", "log"],
    ...["success", "audit success", "i", "n"],
  ],
  warn: ["warn", "warning", "wrn", "warnung", "avertissement", "w"],
  error: ["error", "err", "erro", "eror", "severe", "fail", "fehler", "erreur", "audit failure", "e"],
  critical: [
    ...["critical", "crit", "crt", "fatal", "ftl", "fata", "alert", "emerg", "emergency", "panic", "dpanic"],
    ...["kritisch", "f", "c"],
  ],
};

// Words that are told apart from others only where a field is known to be the level.
const ONLY_IN_FIELDS = new Set(["all", "log", "note", "system", "config", "fail", "success", "fine", "verb", "silly"]);

const ALONE = Object.values(WORDS)
  .flat()
  .filter(word => /^[a-z]{3,}\d?$/.test(word) && !ONLY_IN_FIELDS.has(word))
  .sort((a, b) => b.length - a.length);

/** Words that are levels wherever they stand, as a regular expression, the longer first. */
export const LEVEL_WORDS = ALONE.join("|");

/** The same in any case of letters; neither Java nor JavaScript is told to fold them inside a pattern. */
export const ANY_CASE = ALONE.map(word => word.replace(/[a-z]/g, sign => `[${sign.toUpperCase()}${sign}]`)).join("|");

/** The level by the word a line has for it, as SQL; null for a word that is none. */
export function levelOfWord(word: string): string {
  const cases = Object.entries(WORDS).map(
    ([level, words]) => `when lower(${word}) in (${words.map(one => `'${one}'`).join(", ")}) then '${level}'`,
  );
  return `case ${cases.join(" ")} end`;
}

/** The same of a field that may be padded, coloured, or say how far above a level it is: ` error `, `INFO+2`, `ERROR3`. */
export function levelOfField(field: string): string {
  const plain = String.raw`regexp_replace(${field}, r'\x1b\[[\d;]*m|^[\s\["]+|[\s\]"]+$|[+-]\d+$|(?<=[A-Za-z]{4})\d$', '')`;
  return `get(transform(array(${plain}), w -> ${levelOfWord("w")}), 0)`;
}

export const WORD_RULE =
  "The word that the line has: trace is debug, notice is info, severe is error, fatal, alert and emergency are critical. A word that is none of these, or none at all, is unknown.";

/** How programs number their levels: syslog from 0 (grave) to 7, pino and Bunyan from 10 to 60, Python from 10 to 50, and so on. */
export type NumberScale = keyof typeof SCALES;

const SCALES = {
  syslog: { critical: "<= 2", error: "= 3", warn: "= 4", info: "in (5, 6)", debug: "= 7" },
  pino: { critical: ">= 60", error: ">= 50", warn: ">= 40", info: ">= 30", debug: ">= 1" },
  python: { critical: ">= 50", error: ">= 40", warn: ">= 30", info: ">= 20", debug: ">= 1" },
  monolog: { critical: ">= 500", error: ">= 400", warn: ">= 300", info: ">= 200", debug: ">= 100" },
  otel: { critical: ">= 21", error: ">= 17", warn: ">= 13", info: ">= 9", debug: ">= 1" },
  logback: { critical: ">= 50000", error: ">= 40000", warn: ">= 30000", info: ">= 20000", debug: ">= 5000" },
} as const satisfies Record<string, Record<LogLevel, string>>;

/** The level by a number; null for a text that is none. */
export function levelOfNumber(number: string, scale: NumberScale): string {
  const value = `try_cast(${number} as int)`;
  const cases = Object.entries(SCALES[scale]).map(([level, test]) => `when ${value} ${test} then '${level}'`);
  return `case when ${value} < 0 then null ${cases.join(" ")} end`;
}

/** The level by the priority in front of a syslog line, of which the last three bits are the severity. */
export function levelOfPriority(priority: string): string {
  const severity = `mod(try_cast(${priority} as int), 8)`;
  return `case when ${severity} <= 2 then 'critical' when ${severity} = 3 then 'error' when ${severity} = 4 then 'warn' when ${severity} <= 6 then 'info' when ${severity} = 7 then 'debug' end`;
}

export const PRIORITY_RULE =
  "The severity in the number in front: 0 to 2 is critical, 3 error, 4 warn, 5 and 6 info, 7 debug.";

/** The level by the answer of a web server. */
export function levelOfStatus(status: string): string {
  return `case when ${status} >= 500 then 'error' when ${status} >= 400 then 'warn' when ${status} is not null then 'info' end`;
}

export const STATUS_RULE = "The answer's status: 500 and above is error, 400 to 499 warn, all others info.";
