/** The one scale, from harmless to grave. */
export const LEVELS = ["debug", "info", "warn", "error", "critical"] as const;

export type Level = (typeof LEVELS)[number];

const WORDS: Record<Level, readonly string[]> = {
  debug: ["trace", "debug", "verbose", "fine", "finer", "finest", "all", "d", "v", "t", "10", "20"],
  info: ["info", "information", "informational", "notice", "config", "log", "i", "30"],
  warn: ["warn", "warning", "w", "40"],
  error: ["error", "err", "severe", "e", "50"],
  critical: ["critical", "crit", "fatal", "alert", "emerg", "emergency", "panic", "f", "c", "60"],
};

/** Words that are levels, as a regular expression, the longer first. */
export const LEVEL_WORDS = Object.values(WORDS)
  .flat()
  .filter(word => /[a-z]{2}/.test(word) && word !== "all" && word !== "log")
  .sort((a, b) => b.length - a.length)
  .join("|");

/** The level by the word a line has for it (or pino's number), as SQL; null for a word that is none. */
export function levelOfWord(word: string): string {
  const cases = Object.entries(WORDS).map(
    ([level, words]) => `when lower(${word}) in (${words.map(one => `'${one}'`).join(", ")}) then '${level}'`,
  );
  return `case ${cases.join(" ")} end`;
}

export const WORD_RULE =
  "The word that the line has: trace is debug, notice is info, severe is error, fatal, alert and emergency are critical.";

/** The level by the priority in front of a syslog line, of which the last three bits are the severity. */
export function levelOfPriority(priority: string): string {
  const severity = `mod(try_cast(${priority} as int), 8)`;
  return `case when ${severity} <= 2 then 'critical' when ${severity} = 3 then 'error' when ${severity} = 4 then 'warn' when ${severity} <= 6 then 'info' when ${severity} = 7 then 'debug' end`;
}

export const PRIORITY_RULE =
  "The severity in the number in front: 0 to 2 is critical, 3 error, 4 warn, 5 and 6 info, 7 debug.";

/** The level by what a message says, where its format has none. */
export function levelOfMessage(message: string): string {
  const text = `lower(${message})`;
  // A pattern is tried only where it can hold: most lines have neither word.
  const error = `(contains(${text}, 'error') or contains(${text}, 'fail')) and ${text} rlike r'(?<![a-z])(?:errors?|failed|failure)(?![a-z])'`;
  return `case when ${error} then 'error' when contains(${text}, 'warn') or contains(${text}, 'not responding') then 'warn' else 'info' end`;
}

export const MESSAGE_RULE =
  "The format has no levels: a message with the word error, errors, failed or failure is error; one with warn or “not responding” is warn; all others are info.";

/** The level by the answer of a web server. */
export function levelOfStatus(status: string): string {
  return `case when ${status} >= 500 then 'error' when ${status} >= 400 then 'warn' else 'info' end`;
}

export const STATUS_RULE = "The answer's status: 500 and above is error, 400 to 499 warn, all others info.";
