/** Whether a line is an error, as SQL. */
export const IS_ERROR = "level in ('error', 'critical')";

/** How many lines there are, and how many of them are errors. */
export const ERRORS_AND_LINES = `count_if(${IS_ERROR}) as errors, count(*) as lines`;

/** When the first and the last of some lines were written. */
export const FIRST_AND_LAST = `${iso("unix_seconds(min(time))")} as first_seen, ${iso("unix_seconds(max(time))")} as last_seen`;

/** Seconds since 1970 as `2026-11-25T10:00:00Z`, whatever the time zone of the session. */
export function iso(seconds: string): string {
  const part = (unit: number, of: number) => `lpad(cast(pmod(${seconds}, ${of}) div ${unit} as string), 2, '0')`;
  const day = `date_add(date '1970-01-01', cast(floor((${seconds}) / 86400) as int))`;
  return `(cast(${day} as string) || 'T' || ${part(3600, 86_400)} || ':' || ${part(60, 3600)} || ':' || ${part(1, 60)} || 'Z')`;
}
