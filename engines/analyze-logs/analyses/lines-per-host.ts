import type { Analysis } from "./analysis.ts";
import { ERRORS_AND_LINES } from "./sql.ts";

/** The hosts that wrote the most lines, and their errors. */
export const linesPerHost: Analysis = {
  name: "lines_per_host",
  title: "Lines per host",
  chart: "bars",
  columns: ["host", "lines", "errors"],
  sql: lines => `select host, ${ERRORS_AND_LINES} from ${lines} where host is not null group by host`,
  order: "lines desc, host",
  most: "topN",
};
