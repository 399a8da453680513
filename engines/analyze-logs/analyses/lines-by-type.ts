import type { Analysis } from "./analysis.ts";

/** All lines by what they say, but for numbers, ids, addresses and paths. */
export const linesByType: Analysis = {
  name: "lines_by_type",
  title: "Lines by type",
  chart: "bars",
  columns: ["template", "level", "count"],
  sql: lines =>
    `select template, level, count(*) as count from ${lines} where template is not null group by template, level`,
  order: "count desc, template, level",
  most: "topN",
};
