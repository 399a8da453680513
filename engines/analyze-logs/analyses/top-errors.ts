import { type Analysis, IS_ERROR } from "./analysis.ts";

/** The messages of errors that come most often, word by word. */
export const topErrors: Analysis = {
  name: "top_errors",
  title: "Top errors",
  chart: "none",
  by: { message: "left(message, 500)", level: "level", service: "service" },
  only: IS_ERROR,
  measures: ["count", "first_seen", "last_seen"],
  order: ["-count", "message"],
  most: "topN",
  apart: true,
};
