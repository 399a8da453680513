import type { Analysis } from "./analysis.ts";

/** All lines by what they say, but for numbers, ids, addresses and paths. */
export const linesByType: Analysis = {
  name: "lines_by_type",
  title: "Lines by type",
  chart: "bars",
  by: { template: "template", level: "level" },
  only: "template is not null",
  measures: ["count"],
  order: ["-count", "template"],
  most: "topN",
};
