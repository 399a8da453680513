import type { Analysis } from "./analysis.ts";

/** The hours of the day, UTC. */
export const errorsByHour: Analysis = {
  name: "errors_by_hour",
  title: "Errors by hour of the day",
  chart: "bars",
  by: { hour: "hour" },
  only: "hour is not null",
  measures: ["errors", "lines"],
  order: ["hour"],
  most: 24,
};
