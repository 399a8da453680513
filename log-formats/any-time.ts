import { literal } from "../tables/names.ts";
import { pattern } from "./pattern.ts";
import { MONTHS, monthOf, timestamp } from "./times.ts";

/**
 * A time as people write it, as SQL: ISO 8601 with `-`, `/` or nothing between, `27/Dec/2037:12:00:00 +0530`, `31/12/2024`,
 * `12/31/2024` (the month first where both could be), seconds, milli-, micro- or nanoseconds since 1970.
 */
export function anyTime(text: string, timeZone: string): string {
  // Bound to names by lambdas: written out, each part would stand in the statement dozens of times.
  const taken = `transform(array(replace(trim(${text}), ',', '.')), t -> named_struct('t', t, 'p', ${WRITTEN.parts("t")}))`;
  return `get(transform(${taken}, x -> case when ${WRITTEN.matched("x.p")} then ${dated("x.p", timeZone)}
    when x.t rlike ${literal(EPOCH)} then ${sinceEpoch("x.t")} end), 0)`;
}

const CLOCK = String.raw`(?<clock>\d{1,2}:\d\d(?::\d\d(?:\.\d{1,9})?)?)`;
const WRITTEN = pattern(
  String.raw`(?:(?<year>\d{4})[-/.]?(?<month>\d\d)[-/.]?(?<day>\d\d)|(?<one>\d{1,2})[/.-](?<two>\d{1,2})[/.-](?<yearLast>\d{4})|(?<dayFirst>\d{1,2})[ /-](?<name>${MONTHS})[a-z]*[ /-](?<yearNamed>\d{4}))(?:[:T ]+${CLOCK} ?(?:UTC|GMT)?(?<zone>Z|[+-]\d\d:?\d\d)?)?$`,
);
const EPOCH = String.raw`^\d{9,10}(?:\.\d+)?$|^\d{13}$|^\d{16}$|^\d{19}$`;

function dated(parts: string, timeZone: string): string {
  const part = (name: string) => WRITTEN.group(parts, name);
  const joined = (...names: string[]) => `concat(${names.join(", '-', ")})`;
  // What is no month is the day.
  const slashed = `if(try_cast(${part("one")} as int) > 12, ${joined(part("yearLast"), part("two"), part("one"))}, ${joined(part("yearLast"), part("one"), part("two"))})`;
  const named = joined(part("yearNamed"), monthOf(part("name")), part("dayFirst"));
  const date = `coalesce(${joined(part("year"), part("month"), part("day"))}, ${slashed}, ${named})`;
  return timestamp(date, `coalesce(${part("clock")}, '00:00')`, part("zone"), timeZone);
}

function sinceEpoch(text: string): string {
  const whole = `try_cast(substring_index(${text}, '.', 1) as decimal(20, 0))`;
  return `timestamp_micros(try_cast(case length(substring_index(${text}, '.', 1)) when 13 then ${whole} * 1000 when 16 then ${whole}
    when 19 then floor(${whole} / 1000) else try_cast(${text} as decimal(20, 6)) * 1000000 end as bigint))`;
}

/** What a time of these looks like at the beginning of a line, for a regular expression. */
export const ANY_TIME = String.raw`(?:\d{4}[-/.]?\d\d[-/.]?\d\d(?:[T ]|(?=\W))|\d{1,2}[/.-]\d{1,2}[/.-]\d{4}(?!\d)|\d{1,2}[ /-](?:${MONTHS})[a-z]*[ /-]\d{4}|\d{9,19}(?=[.,;\t|"]))`;
