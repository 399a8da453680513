import type { LogFormat } from "../format.ts";
import { levelOfStatus, STATUS_RULE } from "../levels.ts";
import { pattern } from "../pattern.ts";
import { mask, maskPath } from "../template.ts";
import { monthOf, timestamp } from "../times.ts";

// What follows the bytes is looked at from its end only: most of a line is the browser's name.
const LINE = pattern(
  String.raw`(?:(?<host>\S+:\d+) )?(?<ip>\S+) \S+ \S+ \[(?<day>\d\d)/(?<month>\w{3})/(?<year>\d{4}):(?<time>\d\d:\d\d:\d\d) (?<zone>[+-]\d{4})\] "(?:(?<method>[A-Za-z_-]{1,32}) (?<target>\S+)(?: HTTP/[\d.]+)?|(?<request>.*?))" (?<status>\d{3}) (?<bytes>\d+|-)(?= |$)`,
);

/** The common and the combined log of Apache and nginx, with the virtual host in front or the response time at the end. */
export const access: LogFormat = {
  name: "access",
  title: "Web access log (common, combined, combined with response time)",
  rule: STATUS_RULE,
  begins: LINE.source,
  follows: "none",
  parts: LINE.parts,
  understood: (parts, time) => `${LINE.matched(parts)} and ${time} is not null`,
  columns(parts) {
    const part = (name: string) => LINE.group(parts, name);
    const sure = (name: string) => LINE.always(parts, name);
    const status = `try_cast(${sure("status")} as int)`;
    const endpoint = `substring_index(substring_index(${part("target")}, '?', 1), '#', 1)`;
    const request = `coalesce(concat(${part("method")}, ' ', ${part("target")}), ${part("request")}, '-')`;
    const date = `concat(${sure("year")}, '-', ${monthOf(sure("month"))}, '-', ${sure("day")})`;
    // Whole numbers are milliseconds, as Kaggle's server logs have them; with a point they are seconds, as nginx writes them.
    const took = `trim(substring_index(${LINE.rest(parts)}, '"', -1))`;
    return {
      time: timestamp(date, sure("time"), sure("zone")),
      level: levelOfStatus(status),
      message: `concat(${sure("status")}, ' ', ${request})`,
      template: `concat(${sure("status")}, ' ', coalesce(concat(${part("method")}, ' ', ${maskPath(endpoint)}), ${mask(part("request"))}, '-'))`,
      ip: sure("ip"),
      endpoint,
      host: `regexp_replace(${part("host")}, ':\\\\d+$', '')`,
      method: part("method"),
      status,
      bytes: `try_cast(${sure("bytes")} as bigint)`,
      seconds: `try_cast(${took} as double) / if(contains(${took}, '.'), 1d, 1000d)`,
    };
  },
};
