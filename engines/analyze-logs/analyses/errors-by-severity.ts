import type { Analysis } from "./analysis.ts";

/** How many lines there are of each level. */
export const errorsBySeverity: Analysis = {
  name: "errors_by_severity",
  title: "Lines by level",
  chart: "bars",
  columns: ["level", "count"],
  sql: lines => `select level, count(*) as count from ${lines} where level is not null group by level`,
  order: "array_position(array('critical', 'error', 'warn', 'info', 'debug'), level)",
  most: 10,
};
