import type { Analysis } from "./analysis.ts";

/** The status codes of a web server's answers. */
export const linesPerStatus: Analysis = {
  name: "lines_per_status",
  title: "Lines per status",
  chart: "bars",
  columns: ["status", "lines"],
  sql: lines => `select status, count(*) as lines from ${lines} where status is not null group by status`,
  order: "status",
  most: 600,
};
