import type { LogFormat } from "../format.ts";
import { type LineSpec, lineFormat } from "../line-format.ts";
import { pattern } from "../pattern.ts";
import { dateOfYear, monthDayOf, timestamp } from "./times.ts";

/** A rule of years in numbers. */
export interface YearRule {
  base: number;
  cut: number;
}

/**
 * The years of a file whose times have none, by the days that occur in it (month times 100 plus day) and the first of them.
 * A line lies from a week before the first line to a year after that, so a file that goes on from December into January
 * gets the next year there. The first line is of `year`; without it, of the latest year in which no line lies more than a
 * day after `modified`.
 */
export function yearsOf(
  { first, days }: { first: number; days: readonly number[] },
  { year, modified }: { year?: number | undefined; modified: Date },
): YearRule {
  if (year !== undefined) return beginningIn(year, first);
  const limit = modified.getTime() + DAY;
  const newest = new Date(limit).getUTCFullYear();
  for (let candidate = newest; candidate > newest - 9; candidate--) {
    const rule = beginningIn(candidate, first);
    if (days.every(day => isDay(yearIn(rule, day), day) && startOf(yearIn(rule, day), day) <= limit)) return rule;
  }
  // No year has all of its days: a 29th of February that is none.
  return beginningIn(newest - 1, first);
}

/** The rule for lines as they are written: none lies more than a day after `now`. */
export function yearsUntil(now: Date): YearRule {
  const limit = new Date(now.getTime() + 2 * DAY);
  return { base: limit.getUTCFullYear() - 1, cut: monthDay(limit) };
}

const DAY = 86_400_000;

// The week before may lie in the year before.
function beginningIn(year: number, first: number): YearRule {
  const start = new Date(startOf(year, first) - 7 * DAY);
  const cut = monthDay(start);
  return { base: start.getUTCFullYear(), cut };
}

function yearIn({ base, cut }: YearRule, day: number): number {
  return base + (day < cut ? 1 : 0);
}

function monthDay(date: Date): number {
  return (date.getUTCMonth() + 1) * 100 + date.getUTCDate();
}

function startOf(year: number, day: number): number {
  return Date.UTC(year, Math.floor(day / 100) - 1, day % 100);
}

function isDay(year: number, day: number): boolean {
  return monthDay(new Date(startOf(year, day))) === day;
}

/**
 * Makes a format whose dates have no year: groups `month` and `day` are two digits, `time` is a time of day. A group `year`
 * may stand in front of them where a program writes it.
 */
export function yearless(spec: LineSpec): LogFormat {
  const line = pattern(spec.line);
  const made = lineFormat({ ...spec, line: spec.line });
  const part = (parts: string, name: string) => line.group(parts, name);
  const timeOf = (parts: string, years: Parameters<typeof dateOfYear>[2], timeZone: string) => {
    const dated = dateOfYear(part(parts, "month"), part(parts, "day"), years);
    const given = line.groups.includes("yearGiven")
      ? `coalesce(concat(${part(parts, "yearGiven")}, '-', ${part(parts, "month")}, '-', ${part(parts, "day")}), ${dated})`
      : dated;
    return timestamp(given, `replace(${part(parts, "time")}, ',', '.')`, undefined, timeZone);
  };
  return {
    ...made,
    monthDay: raw => {
      const parts = line.parts(`left(${raw}, 60)`);
      const day = monthDayOf(`try_cast(${part(parts, "month")} as int)`, part(parts, "day"));
      return `if(${raw} rlike '^[IWEFDV\\\\[\\\\d]', ${day}, null)`;
    },
    columns: (parts, options) => ({
      ...made.columns(parts, options),
      time: timeOf(parts, options.years, options.timeZone),
    }),
  };
}

/**
 * Whether dates as `12/06/24` in lines have their year last, where Spark writes it first: the last number stays the same, and
 * the first differs from day to day. Which of the other two is the month is not known then.
 */
export function isYearLast(lines: readonly string[]): boolean {
  const dates = lines.flatMap(line => /(?:^|\])(\d\d)\/(\d\d)\/(\d\d) \d\d:/.exec(line)?.slice(1) ?? []);
  const [first, last] = [0, 2].map(at => new Set(dates.filter((_, i) => i % 3 === at)).size);
  return last === 1 && first !== 1;
}
