import type { Years } from "./format.ts";

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

/** The rule as SQL. */
export function sqlYears({ base, cut }: YearRule): Years {
  return { base: String(base), cut: String(cut) };
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
