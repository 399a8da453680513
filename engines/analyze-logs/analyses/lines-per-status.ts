import type { Analysis } from "./analysis.ts";

/** The status codes of a web server's answers. */
export const linesPerStatus: Analysis = {
  name: "lines_per_status",
  title: "Lines per status",
  chart: "bars",
  by: { status: "status" },
  only: "status is not null",
  measures: ["lines"],
  order: ["status"],
  most: 600,
};
