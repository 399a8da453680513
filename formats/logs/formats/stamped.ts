import { sparkLiteral } from "../../../connectors/iceberg/names.ts";
import type { LogFormat } from "../format.ts";
import { ANY_CASE, LEVEL_WORDS, levelOfWord } from "../levels.ts";
import { lineFormat } from "../line-format.ts";
import { pattern } from "../pattern.ts";
import { levelOfMessage } from "../severity.ts";
import { anyTime, dayOrder } from "../times/any-time.ts";
import { MONTHS, ZONE } from "../times/times.ts";
import { isYearLast } from "../times/years.ts";

const UPPER = LEVEL_WORDS.toUpperCase();

// What stands between a time and a level: brackets, words with signs in them (a process, user@database), two plain words.
const MARKED = String.raw`(?:\[(?! *(?:${ANY_CASE}) *\])[^\]]{1,80}\]:?|\([^)]{1,80}\)|\{[^}]{0,80}\}|[\w.$-]{0,60}[@=:/#\d][\w.$@/#=+:,*-]{0,60}|-|\|)(?:[\s|:,-]{1,30}|(?<=\])(?=\[))`;
const WORD = String.raw`(?!(?:${ANY_CASE})(?![\w.]))`;
const PLAIN = String.raw`(?<first>${WORD}[A-Za-z_][\w.$/-]{0,80})[\s|:-]{1,30}(?:${WORD}(?<tagged>[\w.$/-]{1,80})\[\d+\][\s|:-]{1,30}|${WORD}[\w.$/-]{1,80}[\s|:-]{1,30}|\[\d+\][\s|:-]{1,8})?`;
const FOUND = String.raw`(?:\[? *(?<level>${UPPER}|(?:FINE|CONFIG)(?= \[)) *\]?(?![\w.])|[\[<(] *(?<bracketed>${ANY_CASE}|INF|WRN|[TDIWEF]) *[\])>]|(?<colon>${ANY_CASE})(?=: |:$|  | *\||\t)|level=\x22?(?<keyed>${ANY_CASE})\x22?(?!\w)|##\[(?<marked>${ANY_CASE})\]|(?<letter>[TDIWEFC])(?=[ |/] ?\S))`;
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
  // Digits alone, with an offset or none.
  String.raw`\d{8}[T _-]\d{6}(?:[.,]\d{1,9})?(?: ?(?:${ZONE}))?(?=[\s\]|,])|\d{14}(?:\d{3})?(?=[\s\]|,])`,
  String.raw`(?:[A-Z][a-z]{2} )?(?:${MONTHS}) {1,2}\d{1,2},? (?:\d\d:\d\d:\d\d (?:[A-Z]{2,5} )?\d{4}|\d{4},? ${CLOCK}(?: ?(?:${ZONE}))?)`,
  String.raw`\d{10}(?:\.\d{1,9})?(?=[\s\]|,])|\d{13}(?=[\s\]|,])|\d{16}(?=[\s\]|,])|\d{19}(?=[\s\]|,])`,
];
// With two digits any of three may be the year: only what Spark writes is known, and Spark has been there since 2010.
const SHORT = String.raw`(?<short>[1-9]\d/\d\d/\d\d) (?<clock>\d\d:\d\d:\d\d(?:[.,]\d{1,9})?)(?= (?:TRACE|DEBUG|INFO|WARN|ERROR|FATAL) +\S+: ?)`;
const TIME = String.raw`(?:${SHORT}|(?<at>(?:(?:${DATES.join("|")}),?[:T_ ]{1,2}${CLOCK}(?: ?(?:${ZONE}))?|${OTHERS.join("|")})))`;

// The name of a place, as PHP and programs in Java write their zone.
const PLACE = String.raw`(?: (?<place>(?:Africa|America|Antarctica|Asia|Atlantic|Australia|Etc|Europe|Indian|Pacific)/[\w/+-]{1,40}))?`;

// HashiCorp's programs indent their records.
const LINE = pattern(String.raw`(?:\s{0,4}[\[(<]?${TIME}${PLACE}[\])>]?[\s|,:-]*${LEVEL}|${BARE})`);

/** Lines that begin with a date: the log of a job of this portal, with what its programs say, and what most programs write. */
export const stamped: LogFormat = stampedOf({ isJob: false, isYearLast: false, zones: [] });

/** The same for a file by its lines: only of a job's own log is it known that a line without a level is info. */
export function stampedByLines(lines: readonly string[]): LogFormat {
  const isJob = lines.some(line => OF_A_JOB.test(line));
  return stampedOf({ isJob, isYearLast: isYearLast(lines), zones: placesIn(lines) });
}

interface Traits {
  isJob: boolean;
  /** Dates as 12/06/24 are not those of Spark. */
  isYearLast: boolean;
  zones: readonly string[];
}

// Spark knows those that this program knows; a time at any other place is not understood.
function placesIn(lines: readonly string[]): string[] {
  const line = new RegExp(`^(?:${LINE.source})`);
  const found = new Set(lines.flatMap(text => (text.includes("/") ? (line.exec(text)?.groups?.place ?? []) : [])));
  return [...found].filter(isZone).slice(0, MOST_PLACES).sort();
}

const MOST_PLACES = 20;

function isZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

const OF_A_JOB = /^\$ \S|^(?:succeeded|cancelled)$|^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z (?:planned|left behind): /;

function stampedOf(traits: Traits): LogFormat {
  const { isJob, zones } = traits;
  return {
    name: "portal",
    title: "Log of a job of this portal, or lines that begin with a date",
    rule: "The word after the time, as trace is debug, notice is info, fatal is critical. Where there is none: a table that failed, a verdict “failed” and an exception are error, what was cancelled, left behind or is tried again is warn; other lines of a job's log are info, and of any other log unknown unless their words tell an error.",
    begins: LINE.source,
    key: JSON.stringify(traits),
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
      const word = `coalesce(${["own", "level", "bracketed", "colon", "keyed", "marked", "letter"].map(part).join(", ")})`;
      const at = traits.isYearLast ? part("at") : `coalesce(${part("at")}, ${short})`;
      const local = zones.map(
        zone => `when ${sparkLiteral(zone)} then to_utc_timestamp(${anyTime(at, "UTC")}, ${sparkLiteral(zone)})`,
      );
      const time = anyTime(at, timeZone, dayFirst);
      // As the portal writes its own: ISO 8601 in UTC with milliseconds, and a step, or none at all.
      const isOwn = `(coalesce(${part("at")}, ${part("short")}) is null or (length(${part("at")}) = 24 and endswith(${part("at")}, 'Z')))`;
      const outcome = String.raw`case when left(${message}, 400) rlike r'^(?:(?:[^:]{1,300}: )?failed(?:[,:]|$| \()|Exception in thread )' then 'error'
      when left(${message}, 400) rlike r'^(?:(?:[^:]{1,300}: )?(?:cancelled|left behind)(?:[,:]|$| \()|attempt \d+ ended, |\(node:\d+\) )' then 'warn'
      ${isJob ? `when ${isOwn} and left(${message}, 400) rlike r'^(?:\\$ |succeeded$|[^:]{1,300}: )' then 'info'` : ""} else ${levelOfMessage(message, "'unknown'")} end`;
      return {
        time:
          local.length > 0
            ? `case coalesce(${part("place")}, '') when '' then ${time} ${local.join(" ")} end`
            : `if(${part("place")} is null, ${time}, null)`,
        level: `coalesce(${levelOfWord(word)}, ${outcome})`,
        message,
        // A host may stand in front of a program with its process.
        service: `coalesce(${part("tagged")}, ${part("first")})`,
      };
    },
  };
}

/** Lines with a level in front: `ERROR:root:text`, `[WARN] text`, `info: text`; a time may follow, as Cassandra has it. */
export const levelFirst: LogFormat = lineFormat({
  name: "level-first",
  title: "Lines that begin with a level",
  line: String.raw`(?:\[ *(?<bracketed>${ANY_CASE}) *\]|(?<level>${LEVEL_WORDS.toUpperCase()})(?=[:\s\]\[|-]|$)|(?<colon>${ANY_CASE})(?=:))(?:\[\d+\])?[:\s|-]*(?:(?:\[(?!\d)[^\]]{1,80}\] )?[\[(]?(?<at>(?:\d{4}-\d\d-\d\d|\d\d[/.]\d\d[/.]\d{4})[ T]\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?: ?(?:${ZONE}))?)[\])]?[\s|:-]*)?(?:(?<service>[A-Za-z_][\w.$]{0,60}):(?:\d+ - |(?=[^\s/\\])))?`,
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
