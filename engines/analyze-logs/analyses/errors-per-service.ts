import type { Analysis } from "./analysis.ts";
import { ERRORS_AND_LINES } from "./sql.ts";

/** The services that have the most errors. */
export const errorsPerService: Analysis = {
  name: "errors_per_service",
  title: "Errors per service",
  chart: "bars",
  columns: ["service", "errors", "lines"],
  sql: lines => `select service, ${ERRORS_AND_LINES} from ${lines} where service is not null group by service`,
  order: "errors desc, lines desc, service",
  most: "topN",
};
