import type { Analysis } from "./analysis.ts";
import { FIRST_AND_LAST } from "./sql.ts";

/** Types of trouble, those first that are new: a kind of error that was not there before is worth a look. */
export const firstAndLastSeen: Analysis = {
  name: "first_and_last_seen",
  title: "First and last seen",
  chart: "none",
  columns: ["template", "level", "first_seen", "last_seen", "count"],
  sql: lines => `select template, level, ${FIRST_AND_LAST}, count(*) as count
    from ${lines} where level in ('warn', 'error', 'critical') and template is not null and time is not null
    group by template, level`,
  order: "first_seen desc, count desc, template, level",
  most: "topN",
};
