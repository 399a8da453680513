import type { Analysis } from "./analysis.ts";
import { ERRORS_AND_LINES } from "./sql.ts";

/** The days, UTC. */
export const errorsByDay: Analysis = {
  name: "errors_by_day",
  title: "Errors by day",
  chart: "line",
  columns: ["day", "errors", "lines"],
  sql: lines => `select day, ${ERRORS_AND_LINES} from ${lines} where time is not null group by day`,
  order: "day",
  most: 5000,
};
