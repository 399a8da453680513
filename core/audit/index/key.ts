const PLACES = 1024;
const DAY = 86_400_000;

/** The first key of an instant: see schema.ts. Where a job of that instant has it, the next free one is taken. */
export function keyAt(milliseconds: number, place = 0): number {
  return milliseconds * PLACES + (place % PLACES);
}

/** Keys from the start of `from` to the end of `to`, and the days where both are whole days, in UTC. */
export interface TimeRange {
  first?: number;
  last?: number;
  firstDay?: string;
  lastDay?: string;
  whole: boolean;
}

/** What a query's `from` and `to` mean: a date is its whole day, an instant is itself. Throws where it is neither. */
export function timeRangeOf(from: string | undefined, to: string | undefined): TimeRange {
  const { start, end } = dateRange(from, to);
  return {
    ...(start !== undefined && { first: keyAt(start), firstDay: dayOf(start) }),
    ...(end !== undefined && { last: keyAt(end) - 1, lastDay: dayOf(end - 1) }),
    whole: (start ?? 0) % DAY === 0 && (end ?? 0) % DAY === 0,
  };
}

/** The same in milliseconds, from `start` to before `end`. */
export function dateRange(from: string | undefined, to: string | undefined): { start?: number; end?: number } {
  return {
    ...(from && { start: instantOf(from) }),
    ...(to && { end: instantOf(to) + (isDate(to) ? DAY : 1) }),
  };
}

function instantOf(text: string): number {
  const instant = Date.parse(text);
  if (!/^\d{4}-\d\d-\d\d/.test(text) || Number.isNaN(instant) || (isDate(text) && dayOf(instant) !== text))
    throw new InvalidQueryError(`${JSON.stringify(text)} is no date: write 2026-11-23, or 2026-11-23T09:45:00Z.`);
  return instant;
}

function isDate(text: string): boolean {
  return text.length === 10;
}

function dayOf(milliseconds: number): string {
  return new Date(milliseconds).toISOString().slice(0, 10);
}

/** A query of the index is invalid, for example a date or a cursor. The message says what. */
export class InvalidQueryError extends Error {
  override name = "InvalidQueryError";
}
