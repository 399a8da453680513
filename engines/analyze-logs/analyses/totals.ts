import type { Analysis } from "./analysis.ts";

/** The key figures. */
export const totals: Analysis = {
  name: "totals",
  title: "Key figures",
  chart: "none",
  by: {},
  measures: ["records", "errors", "critical", "not_parsed", "first_seen", "last_seen"],
  order: [],
  most: 1,
};
