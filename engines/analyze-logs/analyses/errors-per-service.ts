import type { Analysis } from "./analysis.ts";

/** The services that have the most errors. */
export const errorsPerService: Analysis = {
  name: "errors_per_service",
  title: "Errors per service",
  chart: "bars",
  by: { service: "service" },
  only: "service is not null",
  measures: ["errors", "lines"],
  order: ["-errors", "-lines", "service"],
  most: "topN",
};
