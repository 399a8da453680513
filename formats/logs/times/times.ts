import { sparkLiteral } from "../../../connectors/iceberg/names.ts";
import type { Years } from "../format.ts";

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
  const zoned = timeZone === "UTC" ? utc : `to_utc_timestamp(${utc}, ${sparkLiteral(timeZone)})`;
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

/** Names of time zones in logs with their offsets. Those that mean several (IST) are left out: their times are not understood. */
const OFFSETS: Readonly<Record<string, string>> = {
  ...{ Z: "+00:00", UTC: "+00:00", GMT: "+00:00", UT: "+00:00", WET: "+00:00", WEST: "+01:00", BST: "+01:00" },
  ...{ CET: "+01:00", MEZ: "+01:00", CEST: "+02:00", MESZ: "+02:00", EET: "+02:00", EEST: "+03:00", MSK: "+03:00" },
  ...{ SAST: "+02:00", JST: "+09:00", KST: "+09:00", AWST: "+08:00", AEST: "+10:00", AEDT: "+11:00", ACST: "+09:30" },
  ...{ NZST: "+12:00", NZDT: "+13:00", HKT: "+08:00", SGT: "+08:00", EST: "-05:00", EDT: "-04:00", CST: "-06:00" },
  ...{ CDT: "-05:00", MST: "-07:00", MDT: "-06:00", PST: "-08:00", PDT: "-07:00", AKST: "-09:00", AKDT: "-08:00" },
  ...{ HST: "-10:00", BRT: "-03:00", ART: "-03:00" },
};

/** An offset or the name of a zone, for a regular expression. A name is not told from other words: look at what stands around. */
export const ZONE = String.raw`(?:UTC|GMT)?[+-]\d\d(?::?\d\d)?(?!\d)|(?:UTC|GMT)[+-]\d(?![\d:])|(?:${Object.keys(
  OFFSETS,
)
  .sort((a, b) => b.length - a.length)
  .join("|")})(?![A-Za-z])|[A-Z]{2,4}T(?![A-Za-z])`;

/** The offset of a zone as logs write it, as SQL: `Z`, `+02:00`, `+0200`, `+02`, `GMT+2`, `CEST`; `?` for a name that is not known. */
export function offsetOf(zone: string): string {
  const names = new Map<string, string[]>();
  for (const [name, offset] of Object.entries(OFFSETS)) names.set(offset, [...(names.get(offset) ?? []), name]);
  const cases = [...names].map(
    ([offset, all]) => `when ${zone} in (${all.map(one => `'${one}'`).join(", ")}) then '${offset}'`,
  );
  return `case when ${zone} is null then null when ${zone} rlike r'^(?:UTC|GMT)?[+-]\\d\\d$' then concat(right(${zone}, 3), ':00')
    when ${zone} rlike r'^[+-]' then ${zone} when ${zone} rlike r'^...[+-]\\d$' then concat(substr(${zone}, 4, 1), '0', right(${zone}, 1), ':00')
    when ${zone} rlike r'^...[+-]' then substr(${zone}, 4) ${cases.join(" ")} else '?' end`;
}
