import { literal } from "../tables/names.ts";
import type { Years } from "./format.ts";

/** Names of months as logs write them, for a regular expression. */
export const MONTHS = "Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec";

/** A month's number, 1 to 12, by its name. */
export function monthOf(name: string): string {
  return `(locate(${name}, '  ${MONTHS.replaceAll("|", "")}') div 3)`;
}

/**
 * A time from `yyyy-MM-dd` and `HH:mm:ss[.SSS]`, and its offset or the zone that holds where it has none. An hour that
 * comes twice when summer ends is taken for the first; one that is left out when it begins, for the hour after.
 */
export function timestamp(date: string, time: string, zone: string): string {
  return `try_cast(concat(${date}, ' ', ${time}, ' ', ${zone}) as timestamp)`;
}

/** The zone of a time: the offset it has, else the one given. */
export function zoneOf(offset: string, timeZone: string): string {
  return `coalesce(${offset}, ${literal(timeZone)})`;
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
