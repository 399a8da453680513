import type { Analysis } from "./analysis.ts";
import { ERRORS_AND_LINES } from "./sql.ts";

/** The hours of the day, UTC. */
export const errorsByHour: Analysis = {
  name: "errors_by_hour",
  title: "Errors by hour of the day",
  chart: "bars",
  columns: ["hour", "errors", "lines"],
  sql: lines => `select cast(floor(pmod(unix_seconds(time), 86400) / 3600) as int) as hour, ${ERRORS_AND_LINES}
    from ${lines} where time is not null group by 1`,
  order: "hour",
  most: 24,
};
