import { type Analysis, IS_ERROR } from "./analysis.ts";

/** Errors that say the same but for numbers, ids, addresses and paths. */
export const errorsByType: Analysis = {
  name: "errors_by_type",
  title: "Errors by type",
  chart: "bars",
  by: { template: "template", level: "level" },
  only: `${IS_ERROR} and template is not null`,
  measures: ["count", "first_seen", "last_seen"],
  order: ["-count", "template"],
  most: "topN",
};
