import type { Analysis } from "./analysis.ts";
import { IS_ERROR } from "./sql.ts";

/** Errors of a period against the period before, by type; the row without a template is all of them. */
export const errorTrends: Analysis = {
  name: "error_trends",
  title: "Errors against the period before",
  chart: "none",
  columns: ["template", "now", "before", "change"],
  sql(lines, { period: { from, to } }) {
    const counted = `count_if(unix_seconds(time) >= ${from}) as now, count_if(unix_seconds(time) < ${from}) as before`;
    const within = `unix_seconds(time) >= ${from - (to - from)} and unix_seconds(time) <= ${to}`;
    return `select template, now, before, if(before = 0, null, round((now - before) * 100.0 / before, 1)) as change
      from (select template, ${counted} from ${lines} where ${IS_ERROR} and template is not null and ${within}
        group by grouping sets ((template), ()))`;
  },
  order: "template is not null, now - before desc, now desc, template",
  most: "topN",
};
