import type { Analysis } from "./analysis.ts";

/** The addresses that have the most errors. */
export const errorsPerIp: Analysis = {
  name: "errors_per_ip",
  title: "Errors per IP",
  chart: "bars",
  by: { ip: "ip" },
  only: "ip is not null",
  measures: ["errors", "lines"],
  order: ["-errors", "-lines", "ip"],
  most: "topN",
  apart: true,
};
