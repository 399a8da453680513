import type { LogFormat } from "../format.ts";
import { levelOfStatus, STATUS_RULE } from "../levels.ts";
import { pattern } from "../pattern.ts";
import { mask, maskPath } from "../template.ts";
import { MONTHS, monthOf, timestamp } from "../times.ts";

// What follows the bytes is looked at from its end only: most of a line is the browser's name.
const LINE = pattern(
  String.raw`(?:(?<host>\S+:\d+) )?(?<ip>\S+) \S+ \S+ \[(?<day>\d\d)/(?<month>${MONTHS})/(?<year>\d{4}):(?<time>\d\d:\d\d:\d\d) (?<zone>[+-]\d{4})\] "(?<request>.*?)" (?<status>\d{3}) (?<bytes>\d+|-)(?= |$)`,
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
    const status = `try_cast(${part("status")} as int)`;
    const words = `split(${part("request")}, ' ')`;
    const plain = `size(${words}) between 2 and 3 and get(${words}, 0) rlike '^[A-Za-z_-]{1,32}$'`;
    const method = `case when ${plain} then get(${words}, 0) end`;
    const endpoint = `case when ${plain} then substring_index(substring_index(get(${words}, 1), '?', 1), '#', 1) end`;
    const date = `concat(${part("year")}, '-', ${monthOf(part("month"))}, '-', ${part("day")})`;
    // Whole numbers are milliseconds, as Kaggle's server logs have them; with a point they are seconds, as nginx writes them.
    const took = `trim(substring_index(${LINE.rest(parts)}, '"', -1))`;
    return {
      time: timestamp(date, part("time"), part("zone")),
      level: levelOfStatus(status),
      message: `concat(${part("status")}, ' ', coalesce(${part("request")}, '-'))`,
      template: `concat(${part("status")}, ' ', coalesce(concat(${method}, ' ', ${maskPath(endpoint)}), ${mask(part("request"))}, '-'))`,
      ip: part("ip"),
      endpoint,
      host: `regexp_replace(${part("host")}, ':\\\\d+$', '')`,
      method,
      status,
      bytes: `try_cast(nullif(${part("bytes")}, '-') as bigint)`,
      seconds: `try_cast(${took} as double) / if(contains(${took}, '.'), 1d, 1000d)`,
    };
  },
};
