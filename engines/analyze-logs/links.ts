import type { Links } from "../../views/pages/analysis-charts.ts";
import { queryOf } from "./filter-query.ts";
import type { Filters } from "./filters.ts";

/** Addresses from a page with these filters: the same with another one, and the lines behind a figure. */
export function linksOf(path: string, filters: Filters): Links {
  const changed = (change: Readonly<Record<string, string | readonly string[]>>) => {
    const query = queryOf(filters);
    for (const [name, value] of Object.entries(change)) {
      query.delete(name);
      for (const one of [value].flat()) if (one !== "") query.append(name, one);
    }
    return query.size > 0 ? `?${query}` : "";
  };
  return {
    narrow: change => `${path}${changed(change)}`,
    lines: change => `${path}/lines${changed(change)}`,
  };
}
