import type { Analysis } from "./analysis.ts";
import { iso } from "./sql.ts";

/** The lines of each level in steps of time. */
export const linesOverTime: Analysis = {
  name: "lines_over_time",
  title: "Lines over time",
  chart: "histogram",
  columns: ["time", "level", "count"],
  sql: (lines, { width }) => `select ${iso("at")} as time, level, count
    from (select floor(unix_seconds(time) / ${width}) * ${width} as at, level, count(*) as count
      from ${lines} where time is not null and level is not null group by 1, 2)`,
  order: "time, level",
  most: 2000,
};
