import type { Analysis } from "./analysis.ts";
import { ERRORS_AND_LINES } from "./sql.ts";

/** The hours of the week, UTC; 1 is Monday. */
export const heat: Analysis = {
  name: "heat",
  title: "Errors by weekday and hour",
  chart: "heat",
  columns: ["weekday", "hour", "errors", "lines"],
  sql: lines => `select weekday(day) + 1 as weekday, cast(floor(pmod(unix_seconds(time), 86400) / 3600) as int) as hour, ${ERRORS_AND_LINES}
    from ${lines} where time is not null group by 1, 2`,
  order: "weekday, hour",
  most: 168,
};
