import { LEVELS } from "../../log-formats/levels.ts";
import type { Filters } from "./filters.ts";

/** The names of the filters that stand for one value, as addresses have them. */
export const SAME = ["service", "ip", "endpoint", "host", "status", "template", "message", "source", "parsed"] as const;

const NAMES = ["from", "to", "text", ...SAME] as const;
const LONGEST = 600;

/** The filters that an address names. */
export function filtersIn(query: URLSearchParams): Filters {
  const levels = LEVELS.filter(level => query.getAll("level").includes(level));
  const said = NAMES.flatMap(name => {
    const value = query.get(name)?.trim().slice(0, LONGEST);
    return value ? [[name, value] as const] : [];
  });
  return { ...Object.fromEntries(said), ...(levels.length > 0 && { levels }) };
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
