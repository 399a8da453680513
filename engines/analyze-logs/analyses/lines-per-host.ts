import type { Analysis } from "./analysis.ts";

/** The hosts that wrote the most lines, and their errors. */
export const linesPerHost: Analysis = {
  name: "lines_per_host",
  title: "Lines per host",
  chart: "bars",
  by: { host: "host" },
  only: "host is not null",
  measures: ["lines", "errors"],
  order: ["-lines", "host"],
  most: "topN",
};
