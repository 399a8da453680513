import type { Analysis } from "./analysis.ts";
import { ERRORS_AND_LINES } from "./sql.ts";

/** The endpoints that are asked for most, their errors, and how long an answer takes. */
export const linesPerEndpoint: Analysis = {
  name: "lines_per_endpoint",
  title: "Lines per endpoint",
  chart: "bars",
  columns: ["endpoint", "lines", "errors", "seconds"],
  sql: lines => `select endpoint, ${ERRORS_AND_LINES}, round(avg(seconds), 3) as seconds
    from ${lines} where endpoint is not null group by endpoint`,
  order: "lines desc, endpoint",
  most: "topN",
};
