import type { Analysis } from "./analysis.ts";

/** The hours of the week, UTC; 1 is Monday. */
export const heat: Analysis = {
  name: "heat",
  title: "Errors by weekday and hour",
  chart: "heat",
  by: { weekday: "weekday(day) + 1", hour: "hour" },
  only: "hour is not null",
  measures: ["errors", "lines"],
  order: ["weekday", "hour"],
  most: 168,
};
