import type { Analysis } from "./analysis.ts";

/** How many lines there are of each level, the worst first. */
export const errorsBySeverity: Analysis = {
  name: "errors_by_severity",
  title: "Lines by level",
  chart: "bars",
  by: { level: "level" },
  only: "level is not null",
  measures: ["count"],
  order: ["-level"],
  most: 10,
};
