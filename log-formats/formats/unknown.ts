import type { LogFormat } from "../format.ts";

/** The format of a file that fits none: its lines are counted and shown, and none is understood. */
export const UNKNOWN: LogFormat = {
  name: "unknown",
  title: "Not known",
  rule: "No line was understood.",
  begins: "",
  follows: "none",
  parts: () => "cast(null as string)",
  understood: () => "false",
  columns: () => ({}),
};
