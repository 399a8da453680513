import type { LogFormat } from "../format.ts";
import { ANY_CASE, LEVEL_WORDS, levelOfWord } from "../levels.ts";
import { lineFormat } from "../line-format.ts";
import { pattern } from "../pattern.ts";
import { levelOfMessage } from "../severity.ts";
import { anyTime, dayOrder } from "../times/any-time.ts";
import { MONTHS, ZONE } from "../times/times.ts";

const UPPER = LEVEL_WORDS.toUpperCase();

// What stands between a time and a level: brackets, words with signs in them (a process, user@database), two plain words.
const MARKED = String.raw`(?:\[(?! *(?:${ANY_CASE}) *\])[^\]]{1,80}\]:?|\([^)]{1,80}\)|\{[^}]{0,80}\}|[\w.$-]{0,60}[@=:/#\d][\w.$@/#=+:,*-]{0,60}|-|\|)[\s|:,-]{1,8}`;
const PLAIN = String.raw`(?<first>(?!(?:${ANY_CASE})(?![\w.]))[A-Za-z_][\w.$/-]{0,80})[\s|:-]{1,8}(?:(?!(?:${ANY_CASE})(?![\w.]))[\w.$/-]{1,80}[\s|:-]{1,8})?`;
const FOUND = String.raw`(?:\[? *(?<level>${UPPER}) *\]?(?![\w.])|[\[<(] *(?<bracketed>${ANY_CASE}|INF|WRN|[TDIWEF]) *[\])>]|(?<colon>${ANY_CASE})(?=: |:$|  | *\||\t)|level=\x22?(?<keyed>${ANY_CASE})\x22?(?!\w)|(?<letter>[TDIWEFC])(?=[ |/] ?\S))`;
const FIRST = String.raw`(?<own>${ANY_CASE})(?=[\s:|,\]-]|$)`;
const LEVEL = String.raw`(?:(?:${FIRST}|(?:${MARKED}){0,4}?(?:${PLAIN})?${FOUND})[\s|:,\]-]*)?`;

// The command and the verdict of a job's log, an exception nobody caught, a warning of Node: lines without a time.
const BARE = String.raw`(?=\$ \S|(?:succeeded|failed|cancelled)$|failed: |attempt \d+ ended, |Exception in thread "|\(node:\d+\) )`;

const CLOCK = String.raw`\d{1,2}:\d\d(?::\d\d(?:[.,]\d{1,9})?)?(?: ?[AaPp]\.?[Mm]\.?(?![a-z]))?`;
const DATES = [
  String.raw`\d{4}[-/.]\d{1,2}[-/.]\d{1,2}`,
  String.raw`\d{1,2}[/.-]\d{1,2}[/.-]\d{4}`,
  String.raw`(?:[A-Z][a-z]{2}, )?\d{1,2}[ /-](?:${MONTHS})[a-z]*[ /-]\d{4}`,
];
const OTHERS = [
  String.raw`\d{8}[T ]\d\d:\d\d:\d\d(?:[.,]\d{1,9})?`,
  String.raw`(?:[A-Z][a-z]{2} )?(?:${MONTHS}) {1,2}\d{1,2},? (?:\d\d:\d\d:\d\d (?:[A-Z]{3,4} )?\d{4}|\d{4},? ${CLOCK})`,
  String.raw`\d{10}(?:\.\d{1,9})?(?=[\s\]|,])|\d{13}(?=[\s\]|,])`,
];
const TIME = String.raw`(?:(?<short>\d\d/\d\d/\d\d)[T ](?<clock>\d\d:\d\d:\d\d(?:[.,]\d{1,9})?)|(?<at>(?:(?:${DATES.join("|")}),?[:T_ ]{1,2}${CLOCK}(?: ?(?:${ZONE}))?|${OTHERS.join("|")})))`;

const LINE = pattern(String.raw`(?:[\[(<]?${TIME}[\])>]?[\s|,:-]*${LEVEL}|${BARE})`);

/** Lines that begin with a date: the log of a job of this portal, with what its programs say, and what most programs write. */
export const stamped: LogFormat = stampedOf(false);

/** The same for a file by its lines: only of a job's own log is it known that a line without a level is info. */
export function stampedByLines(lines: readonly string[]): LogFormat {
  return lines.some(line => OF_A_JOB.test(line)) ? stampedOf(true) : stamped;
}

const OF_A_JOB = /^\$ \S|^(?:succeeded|cancelled)$|^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z (?:planned|left behind): /;

function stampedOf(isJob: boolean): LogFormat {
  return {
    name: "portal",
    title: "Log of a job of this portal, or lines that begin with a date",
    rule: "The word after the time, as trace is debug, notice is info, fatal is critical. Where there is none: a table that failed, a verdict “failed” and an exception are error, what was cancelled, left behind or is tried again is warn; other lines of a job's log are info, and of any other log unknown unless their words tell an error.",
    begins: LINE.source,
    ...(isJob && { key: "job" }),
    follows: "all",
    broad: true,
    dayOrder,
    parts: LINE.parts,
    understood: (parts, time) =>
      `${LINE.matched(parts)} and (${time} is not null or coalesce(${LINE.group(parts, "at")}, ${LINE.group(parts, "short")}) is null)`,
    columns(parts, { timeZone, dayFirst }) {
      const part = (name: string) => LINE.group(parts, name);
      const message = LINE.rest(parts);
      const short = `concat('20', replace(${part("short")}, '/', '-'), ' ', ${part("clock")})`;
      const word = `coalesce(${["own", "level", "bracketed", "colon", "keyed", "letter"].map(part).join(", ")})`;
      // As the portal writes its own: ISO 8601 in UTC with milliseconds, and a step, or none at all.
      const isOwn = `(coalesce(${part("at")}, ${part("short")}) is null or (length(${part("at")}) = 24 and endswith(${part("at")}, 'Z')))`;
      const outcome = String.raw`case when left(${message}, 400) rlike r'^(?:(?:[^:]{1,300}: )?failed(?:[,:]|$| \()|Exception in thread )' then 'error'
      when left(${message}, 400) rlike r'^(?:(?:[^:]{1,300}: )?(?:cancelled|left behind)(?:[,:]|$| \()|attempt \d+ ended, |\(node:\d+\) )' then 'warn'
      ${isJob ? `when ${isOwn} and left(${message}, 400) rlike r'^(?:\\$ |succeeded$|[^:]{1,300}: )' then 'info'` : ""} else ${levelOfMessage(message, "'unknown'")} end`;
      return {
        time: anyTime(`coalesce(${part("at")}, ${short})`, timeZone, dayFirst),
        level: `coalesce(${levelOfWord(word)}, ${outcome})`,
        message,
        service: part("first"),
      };
    },
  };
}

/** Lines with a level in front: `ERROR:root:text`, `[WARN] text`, `info: text`; a time may follow, as Cassandra has it. */
export const levelFirst: LogFormat = lineFormat({
  name: "level-first",
  title: "Lines that begin with a level",
  line: String.raw`(?:\[ *(?<bracketed>${ANY_CASE}) *\]|(?<level>${LEVEL_WORDS.toUpperCase()})(?=[:\s\]\[|-]|$)|(?<colon>${ANY_CASE})(?=:))(?:\[\d+\])?[:\s|-]*(?:(?:\[[^\]]{1,80}\] )?(?<at>\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?: ?(?:Z|[+-]\d\d:?\d\d))?)[\s|:-]*)?(?:(?<service>[\w.]{1,60}):(?=\S))?`,
  follows: "all",
  broad: true,
  level: ({ part }) => levelOfWord(`coalesce(${part("bracketed")}, ${part("level")}, ${part("colon")})`),
});

/** Lines with a time of day but no date, as JBoss and many consoles have them: the level is read, a time there is none. */
export const clockOnly: LogFormat = lineFormat({
  name: "clock",
  title: "Lines that begin with a time of day",
  line: String.raw`[\[(]?(?<clock>\d\d:\d\d:\d\d(?:[.,]\d{1,9})?)[\])]?[\s|,:-]*(?:\[[^\]]{1,80}\][\s|:-]*)?(?:\[ *(?<bracketed>${ANY_CASE}) *\]|(?<level>${LEVEL_WORDS.toUpperCase()})(?![\w.]))[\s|:-]*(?:\[(?<service>[\w.$-]{1,100})\] ?)?`,
  follows: "all",
  broad: true,
  level: ({ part }) => levelOfWord(`coalesce(${part("bracketed")}, ${part("level")})`),
});
