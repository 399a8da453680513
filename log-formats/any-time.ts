import { literal } from "../tables/names.ts";
import { MONTHS, monthOf, timestamp } from "./times.ts";

/**
 * A time as people write it, as SQL: ISO 8601 with `-`, `/` or nothing between, `27/Dec/2037:12:00:00 +0530`, `31/12/2024`,
 * `12/31/2024` (the month first where both could be), seconds, milli-, micro- or nanoseconds since 1970.
 */
export function anyTime(text: string, timeZone: string): string {
  const given = `replace(trim(${text}), ',', '.')`;
  const at = (group: number, source: string) => `nullif(regexp_extract(${given}, ${literal(source)}, ${group}), '')`;
  const zoned = (group: number, source: string) => `coalesce(${at(group, source)}, ${literal(timeZone)})`;
  const date = (source: string) => `concat(${at(1, source)}, '-', ${at(2, source)}, '-', ${at(3, source)})`;
  const named = `concat(${at(3, NAMED)}, '-', ${monthOf(at(2, NAMED))}, '-', ${at(1, NAMED)})`;
  // What is no month is the day.
  const dayFirst = `try_cast(${at(1, SLASHED)} as int) > 12`;
  const slashed = `concat(${at(3, SLASHED)}, '-', if(${dayFirst}, ${at(2, SLASHED)}, ${at(1, SLASHED)}), '-', if(${dayFirst}, ${at(1, SLASHED)}, ${at(2, SLASHED)}))`;
  // Spark wants seconds in front of a zone.
  const clock = (source: string) =>
    `concat(coalesce(${at(4, source)}, '00:00'), if(${at(4, source)} like '%:%:%', '', ':00'))`;
  return `case when ${given} rlike ${literal(ISO)} then ${timestamp(date(ISO), clock(ISO), zoned(5, ISO))}
    when ${given} rlike ${literal(EPOCH)} then ${sinceEpoch(given)}
    when ${given} rlike ${literal(SLASHED)} then ${timestamp(slashed, clock(SLASHED), zoned(5, SLASHED))}
    when ${given} rlike ${literal(NAMED)} then ${timestamp(named, clock(NAMED), zoned(5, NAMED))} end`;
}

const CLOCK = String.raw`(\d{1,2}:\d\d(?::\d\d(?:\.\d{1,9})?)?)`;
const ZONE = String.raw` ?(?:UTC|GMT)?(Z|[+-]\d\d:?\d\d)?$`;
const ISO = String.raw`^(\d{4})[-/.]?(\d\d)[-/.]?(\d\d)(?:[T ]+${CLOCK}${ZONE}|$)`;
const SLASHED = String.raw`^(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})(?:[T ]+${CLOCK}${ZONE}|$)`;
const NAMED = String.raw`^(\d{1,2})[ /-](${MONTHS})[a-z]*[ /-](\d{4})(?:[: T]+${CLOCK}${ZONE}|$)`;
const EPOCH = String.raw`^\d{9,10}(?:\.\d+)?$|^\d{13}$|^\d{16}$|^\d{19}$`;

function sinceEpoch(text: string): string {
  const whole = `try_cast(substring_index(${text}, '.', 1) as decimal(20, 0))`;
  return `timestamp_micros(try_cast(case length(substring_index(${text}, '.', 1)) when 13 then ${whole} * 1000 when 16 then ${whole}
    when 19 then floor(${whole} / 1000) else try_cast(${text} as decimal(20, 6)) * 1000000 end as bigint))`;
}

/** What a time of these looks like at the beginning of a line, for a regular expression. */
export const ANY_TIME = String.raw`(?:\d{4}[-/.]?\d\d[-/.]?\d\d(?:[T ]|(?=\W))|\d{1,2}[/.-]\d{1,2}[/.-]\d{4}(?!\d)|\d{1,2}[ /-](?:${MONTHS})[a-z]*[ /-]\d{4}|\d{9,19}(?=[.,;\t|"]))`;
