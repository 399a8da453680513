import type { Analysis } from "./analysis.ts";

/** The days, UTC. */
export const errorsByDay: Analysis = {
  name: "errors_by_day",
  title: "Errors by day",
  chart: "line",
  by: { day: "day" },
  only: "day is not null",
  measures: ["errors", "lines"],
  order: ["day"],
  most: 5000,
};
