import type { Analysis } from "./analysis.ts";

/** The endpoints that are asked for most, their errors, and how many seconds an answer takes. */
export const linesPerEndpoint: Analysis = {
  name: "lines_per_endpoint",
  title: "Lines per endpoint",
  chart: "bars",
  by: { endpoint: "endpoint" },
  only: "endpoint is not null",
  measures: ["lines", "errors", "seconds"],
  order: ["-lines", "endpoint"],
  most: "topN",
};
