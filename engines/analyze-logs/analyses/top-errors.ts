import type { Analysis } from "./analysis.ts";
import { FIRST_AND_LAST, IS_ERROR } from "./sql.ts";

/** The messages of errors that come most often, word by word. */
export const topErrors: Analysis = {
  name: "top_errors",
  title: "Top errors",
  chart: "none",
  columns: ["message", "level", "service", "count", "first_seen", "last_seen"],
  sql: lines => `select message, level, service, count(*) as count, ${FIRST_AND_LAST}
    from (select left(message, 500) as message, level, service, time from ${lines} where ${IS_ERROR})
    group by message, level, service`,
  order: "count desc, message, level, service",
  most: "topN",
};
