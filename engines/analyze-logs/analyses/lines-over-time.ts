import type { Analysis } from "./analysis.ts";

/** The lines of each level in steps of time. */
export const linesOverTime: Analysis = {
  name: "lines_over_time",
  title: "Lines over time",
  chart: "histogram",
  by: { time: "at", level: "level" },
  only: "at is not null and level is not null",
  measures: ["count"],
  order: ["time", "level"],
  most: 2000,
};
