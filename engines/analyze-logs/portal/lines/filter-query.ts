import { LEVELS } from "../../../../core/log-reader/levels.ts";
import type { Filters } from "./filters.ts";

/** The names of the filters that stand for one value, as addresses have them. */
const SAME = ["service", "ip", "endpoint", "host", "status", "template", "message", "source", "parsed"] as const;

const NAMES = ["from", "to", "text", ...SAME] as const;
const LONGEST = 600;

/** The filters that an address names. */
export function filtersIn(query: URLSearchParams): Filters {
  const levels = LEVELS.filter(level => query.getAll("level").includes(level));
  const fields = NAMES.flatMap(name => {
    const value = query.get(name)?.trim().slice(0, LONGEST);
    return value ? [[name, value] as const] : [];
  });
  return { ...Object.fromEntries(fields), ...(levels.length > 0 && { levels }) };
}

/** An address with nothing but these filters; the same for the same filters. */
export function queryOf({ levels = [], ...filters }: Filters): URLSearchParams {
  const query = new URLSearchParams();
  for (const name of NAMES) {
    const value = filters[name];
    if (value) query.set(name, value);
  }
  for (const level of levels) query.append("level", level);
  return query;
}

/** What is wrong with the filters of an address, by the names of their fields. */
export function filterProblems({ from, to, status }: Filters): Record<string, string> {
  const [first, last] = [momentOf(from), momentOf(to)];
  return {
    ...(from && first === undefined && { from: noTime(from) }),
    ...(to && last === undefined && { to: noTime(to) }),
    ...(first !== undefined && last !== undefined && last <= first && { to: "This is not after the time in From." }),
    ...(status &&
      !/^\d{1,9}$/.test(status) && { status: `"${status.slice(0, 60)}" is no status: it is a number, such as 500.` }),
  };
}

function noTime(text: string): string {
  return `"${text.slice(0, 60)}" is no time: write it as 2026-11-29T10:00:00, in UTC.`;
}

function momentOf(at: string | undefined): number | undefined {
  if (!at) return undefined;
  const moment = Date.parse(/Z$|[+-]\d{2}:?\d{2}$|^\d{4}-\d{2}-\d{2}$/.test(at) ? at : `${at}Z`);
  return Number.isNaN(moment) ? undefined : moment;
}
