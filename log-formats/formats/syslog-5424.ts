import { addressIn } from "../address.ts";
import type { LogFormat } from "../format.ts";
import { levelOfPriority, PRIORITY_RULE } from "../levels.ts";
import { pattern } from "../pattern.ts";
import { timestamp } from "../times.ts";

// Structured data ends with a bracket that no backslash escapes, and a space; lazily, since groups that repeat recurse.
const LINE = pattern(
  String.raw`<(?<priority>\d{1,3})>1 (?:-|(?<date>\d{4}-\d\d-\d\d)T(?<time>\d\d:\d\d:\d\d(?:\.\d{1,6})?)(?<zone>Z|[+-]\d\d:\d\d)) (?:-|(?<host>\S+)) (?:-|(?<app>\S+)) (?:-|(?<process>\S+)) (?:-|(?<id>\S+)) (?:-|(?<data>\[.*?(?<!\\)\]))(?: \uFEFF?|$)`,
);

/** Syslog of RFC 5424; every field of its header may be missing, the time too. */
export const syslog5424: LogFormat = {
  name: "syslog-5424",
  title: "Syslog (RFC 5424)",
  rule: PRIORITY_RULE,
  begins: LINE.source,
  follows: "traces",
  parts: LINE.parts,
  understood: (parts, time) =>
    `${LINE.matched(parts)} and (${time} is not null or ${LINE.group(parts, "date")} is null)`,
  columns(parts) {
    const part = (name: string) => LINE.group(parts, name);
    const message = LINE.rest(parts);
    return {
      time: timestamp(part("date"), part("time"), part("zone")),
      level: levelOfPriority(part("priority")),
      // A message may be missing where the structured data says all.
      message: `coalesce(nullif(${message}, ''), ${part("data")}, '')`,
      ip: addressIn(message),
      service: part("app"),
      host: part("host"),
    };
  },
};
