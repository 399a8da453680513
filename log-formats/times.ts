import { literal } from "../tables/names.ts";
import type { Years } from "./format.ts";

/** Names of months as logs write them, for a regular expression. */
export const MONTHS = "Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec";

/** A month's number, 1 to 12, by its name. */
export function monthOf(name: string): string {
  return `(locate(${name}, '  ${MONTHS.replaceAll("|", "")}') div 3)`;
}

/**
 * A time from `yyyy-MM-dd` and `HH:mm:ss[.SSS]`, its offset (`Z`, `+0530`, `+05:30`, null), and the zone that holds where it has
 * none. An hour that comes twice when summer ends is taken for the first; one that is left out when it begins, for the
 * hour after. Sessions are in UTC: reckoning from there is much faster than letting Spark read a zone in every line.
 */
export function timestamp(date: string, time: string, offset: string | undefined, timeZone = "UTC"): string {
  const utc = `try_cast(concat(${date}, ' ', ${time}) as timestamp)`;
  const zoned = timeZone === "UTC" ? utc : `to_utc_timestamp(${utc}, ${literal(timeZone)})`;
  if (offset === undefined) return zoned;
  const minutes = `(try_cast(substr(${offset}, 2, 2) as int) * 60 + try_cast(right(${offset}, 2) as int))`;
  const sign = `if(startswith(${offset}, '-'), 60000000L, -60000000L)`;
  // Z has no minutes.
  const shifted = `timestamp_micros(unix_micros(${utc}) + coalesce(${minutes} * ${sign}, 0L))`;
  return timeZone === "UTC" ? shifted : `if(${offset} is null, ${zoned}, ${shifted})`;
}

/** The date of a time without a year; null without a rule for years. */
export function dateOfYear(month: string, day: string, years: Years | undefined): string {
  if (!years) return "cast(null as string)";
  const monthDay = monthDayOf(month, day);
  return `concat(${years.base} + if(${monthDay} < ${years.cut}, 1, 0), '-', ${month}, '-', trim(${day}))`;
}

/** Month times 100 plus day. */
export function monthDayOf(month: string, day: string): string {
  return `(${month} * 100 + try_cast(trim(${day}) as int))`;
}

/** The day of a time, in UTC whatever the session's zone. */
export function dayOf(time: string): string {
  return `date_from_unix_date(cast(floor(unix_seconds(${time}) / 86400) as int))`;
}
