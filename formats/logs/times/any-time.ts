import { sparkLiteral } from "../../../connectors/iceberg/names.ts";
import { pattern } from "../pattern.ts";
import { MONTHS, monthOf, offsetOf, timestamp, ZONE } from "./times.ts";

/**
 * A time as people write it, as SQL: ISO 8601 with `-`, `/` or nothing between (`20240506T100000Z`), `27/Dec/2037:12:00:00 +0530`,
 * `Jan 2 15:04:05 2006`, `31.12.2024`, `12/31/2024 3:09 PM`, a named zone behind, seconds, milli-, micro- or nanoseconds
 * since 1970. `dayFirst`, as SQL, says which of two numbers is the day; without it each time is judged alone: what is no
 * month is the day, and the month comes first where both could be.
 */
export function anyTime(text: string, timeZone: string, dayFirst?: string): string {
  // Bound to names by lambdas: written out, each part would stand in the statement dozens of times.
  const taken = `transform(transform(array(replace(trim(${text}), ',', '.')), d -> ${spaced("d")}), t -> named_struct('t', t, 'p', ${WRITTEN.parts("t")}))`;
  const zoned = `transform(${taken}, y -> named_struct('t', y.t, 'p', y.p, 'z', ${offsetOf(`coalesce(${WRITTEN.group("y.p", "zone")}, ${WRITTEN.group("y.p", "zoneBefore")})`)}))`;
  return `get(transform(${zoned}, x -> case when ${WRITTEN.matched("x.p")} then ${dated("x.p", "x.z", timeZone, dayFirst)}
    when x.t rlike ${sparkLiteral(EPOCH)} then ${sinceEpoch("x.t")} end), 0)`;
}

// Digits alone, 20240506T100000.123 or 20240506100000123, as other times are written.
function spaced(text: string): string {
  const clock = (text: string) =>
    `regexp_replace(${text}, ${sparkLiteral(String.raw`^(\d{8})[T _-]?(\d\d)(\d\d)(\d\d)(?!\d)`)}, '$1T$2:$3:$4')`;
  const whole = `regexp_replace(${text}, ${sparkLiteral(String.raw`^(\d{14})(\d{3})$`)}, '$1.$2')`;
  return `if(left(${text}, 8) rlike ${sparkLiteral(String.raw`^\d{8}$`)}, ${clock(whole)}, ${text})`;
}

const CLOCK = String.raw`\d{1,2}:\d\d(?::\d\d(?:\.\d{1,9})?)?`;
const NAME = `(?:${MONTHS})`;
const WEEKDAY = `(?:[A-Z][a-z]{2,8}[,.]? )?`;
const DATES = [
  String.raw`(?<year>\d{4})(?:[-/.]?(?<month>\d\d)[-/.]?(?<day>\d\d)|[-/.](?<monthShort>\d{1,2})[-/.](?<dayShort>\d{1,2}))`,
  String.raw`(?<dotDay>\d{1,2})\.(?<dotMonth>\d{1,2})\.(?<dotYear>\d{4})`,
  String.raw`(?<one>\d{1,2})[/-](?<two>\d{1,2})[/-](?<yearLast>\d{4})`,
  String.raw`${WEEKDAY}(?<dayFirst>\d{1,2})[ /-](?<name>${NAME})[a-z]*[ /.-]{1,2}(?<yearNamed>\d{4})`,
  String.raw`${WEEKDAY}(?<nameFirst>${NAME})[a-z]*\.? {1,2}(?<dayNamed>\d{1,2})[.,]?(?: (?<clockBefore>${CLOCK})(?: (?<zoneBefore>[A-Z]{2,5}))?)? (?<yearAfter>\d{4})`,
];
const WRITTEN = pattern(
  String.raw`(?:${DATES.join("|")})(?:[.:T_ ]+(?<clock>${CLOCK})(?: ?(?<half>[AaPp])\.?[Mm]\.?)?(?: ?(?<zone>${ZONE})(?: ?\[[^\]]*\])?| \[[^\]/]*\])?)?$`,
);
const EPOCH = String.raw`^\d{9,10}(?:\.\d+)?$|^\d{13}(?:\.\d+)?$|^\d{16}$|^\d{19}$|^\d\.\d+[eE]\+?0?(?:9|12|15|18)$`;

function dated(parts: string, offset: string, timeZone: string, dayFirst: string | undefined): string {
  const part = (name: string) => WRITTEN.group(parts, name);
  const joined = (...names: string[]) => `concat(${names.join(", '-', ")})`;
  // What is no month is the day. Where both could be, the file's rule decides; where it has none, there is no date.
  const [one, two] = [part("one"), part("two")];
  const isDayFirst = `case when try_cast(${one} as int) > 12 then true when try_cast(${two} as int) > 12 then false else ${dayFirst ?? "false"} end`;
  const slashed = `case ${isDayFirst} when true then ${joined(part("yearLast"), two, one)} when false then ${joined(part("yearLast"), one, two)} end`;
  const date = `coalesce(${joined(part("year"), part("month"), part("day"))}, ${joined(part("year"), part("monthShort"), part("dayShort"))},
    ${joined(part("dotYear"), part("dotMonth"), part("dotDay"))}, ${slashed},
    ${joined(part("yearNamed"), monthOf(part("name")), part("dayFirst"))}, ${joined(part("yearAfter"), monthOf(part("nameFirst")), part("dayNamed"))})`;
  const clock = `coalesce(${part("clock")}, ${part("clockBefore")}, '00:00')`;
  const half = part("half");
  const hour = `try_cast(split_part(${clock}, ':', 1) as int)`;
  const noon = `if(${hour} between 1 and 12, concat(mod(${hour}, 12) + if(lower(${half}) = 'p', 12, 0), substr(${clock}, locate(':', ${clock}))), null)`;
  const known = `if(${offset} = '?', null, ${date})`;
  return timestamp(`coalesce(${known}, null)`, `if(${half} is null, ${clock}, ${noon})`, offset, timeZone);
}

function sinceEpoch(text: string): string {
  const number = `try_cast(try_cast(${text} as double) as decimal(38, 6))`;
  const exact = `if(lower(${text}) like '%e%', ${number}, try_cast(${text} as decimal(38, 6)))`;
  return `timestamp_micros(try_cast(floor(case when ${exact} < 100000000000 then ${exact} * 1000000 when ${exact} < 100000000000000 then ${exact} * 1000
    when ${exact} < 100000000000000000 then ${exact} else ${exact} / 1000 end) as bigint))`;
}

/** Which of two numbers of a date in a text is the day: 1 the first, 2 the second, 0 where both could be, as SQL; null without a date. */
export function dayOrder(text: string): string {
  const number = (group: number) =>
    `try_cast(regexp_extract(left(${text}, 300), ${sparkLiteral(SLASHED)}, ${group}) as int)`;
  return `case when ${number(1)} between 13 and 31 and ${number(2)} between 1 and 12 then 1 when ${number(2)} between 13 and 31 and ${number(1)} between 1 and 12 then 2 when ${number(1)} between 1 and 12 and ${number(2)} between 1 and 12 and ${number(1)} <> ${number(2)} then 0 end`;
}

const SLASHED = String.raw`(?<![\d/.-])(\d{1,2})[/-](\d{1,2})[/-]\d{4}(?!\d)`;

/** What a time of these looks like at the beginning of a line, for a regular expression. */
export const ANY_TIME = String.raw`(?:\d{4}[-/.]?\d\d[-/.]?\d\d(?:[T ]|(?=\W))|\d{4}[-/]\d{1,2}[-/]\d{1,2}[T ]|\d{1,2}[/.-]\d{1,2}[/.-]\d{4}(?!\d)|\d{1,2}[ /-](?:${MONTHS})[a-z]*[ /-]\d{4}|\d{9,19}(?=[.,;\t|"]))`;
