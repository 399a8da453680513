import type { Analysis } from "./analysis.ts";
import { IS_ERROR, iso } from "./sql.ts";

/** The key figures. */
export const totals: Analysis = {
  name: "totals",
  title: "Key figures",
  chart: "none",
  columns: ["records", "errors", "critical", "not_parsed", "from", "to"],
  sql: lines => `select count(*) as records, count_if(${IS_ERROR}) as errors, count_if(level = 'critical') as critical,
    count_if(not parsed) as not_parsed, ${iso("unix_seconds(min(time))")} as \`from\`, ${iso("unix_seconds(max(time))")} as \`to\`
    from ${lines}`,
  order: "records",
  most: 1,
};
