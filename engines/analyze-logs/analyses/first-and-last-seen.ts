import type { Analysis } from "./analysis.ts";

/** Types of trouble, the newest first: a kind of error that was not there before is worth a look. */
export const firstAndLastSeen: Analysis = {
  name: "first_and_last_seen",
  title: "First and last seen",
  chart: "none",
  by: { template: "template", level: "level" },
  only: "level in ('warn', 'error', 'critical') and template is not null and at is not null",
  measures: ["first_seen", "last_seen", "count"],
  order: ["-first_seen", "-count", "template"],
  most: "topN",
};
