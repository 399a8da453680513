import type { Analysis } from "./analysis.ts";
import { ERRORS_AND_LINES } from "./sql.ts";

/** The addresses that have the most errors. */
export const errorsPerIp: Analysis = {
  name: "errors_per_ip",
  title: "Errors per IP",
  chart: "bars",
  columns: ["ip", "errors", "lines"],
  sql: lines => `select ip, ${ERRORS_AND_LINES} from ${lines} where ip is not null group by ip`,
  order: "errors desc, lines desc, ip",
  most: "topN",
};
