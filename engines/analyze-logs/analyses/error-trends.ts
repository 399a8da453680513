import { type Analysis, IS_ERROR } from "./analysis.ts";

/** Errors of a period against the period before, by type; the row without a template is all of them. */
export const errorTrends: Analysis = {
  name: "error_trends",
  title: "Errors against the period before",
  chart: "none",
  by: { template: "template" },
  only: `${IS_ERROR} and template is not null and now + before > 0`,
  measures: ["now", "before", "change"],
  order: ["-rise", "-now", "template"],
  most: "topN",
  total: true,
};
