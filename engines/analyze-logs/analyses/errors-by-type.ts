import type { Analysis } from "./analysis.ts";
import { FIRST_AND_LAST, IS_ERROR } from "./sql.ts";

/** Errors that say the same but for numbers, ids, addresses and paths. */
export const errorsByType: Analysis = {
  name: "errors_by_type",
  title: "Errors by type",
  chart: "bars",
  columns: ["template", "level", "count", "first_seen", "last_seen"],
  sql: lines => `select template, level, count(*) as count, ${FIRST_AND_LAST}
    from ${lines} where ${IS_ERROR} and template is not null group by template, level`,
  order: "count desc, template, level",
  most: "topN",
};
