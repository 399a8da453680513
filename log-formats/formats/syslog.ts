import { addressIn } from "../address.ts";
import type { LogFormat } from "../format.ts";
import { levelOfMessage, levelOfPriority, MESSAGE_RULE, PRIORITY_RULE } from "../levels.ts";
import { pattern } from "../pattern.ts";
import { dateOfYear, MONTHS, monthDayOf, monthOf, timestamp } from "../times.ts";

const TAG = String.raw`(?:(?<tag>[^\s:\[]+)(?:\[(?<pid>[^\]]*)\])?: ?)?`;

const BSD = pattern(
  String.raw`(?:<(?<priority>\d{1,3})>)?(?<month>${MONTHS}) (?<day>[ 0-3]?\d) (?<time>\d\d:\d\d:\d\d(?:\.\d+)?) (?<host>\S+) ${TAG}`,
);

const LEVEL_RULE = `${PRIORITY_RULE} Where there is none: ${MESSAGE_RULE}`;

/** The form of RFC 3164, as `/var/log/syslog` has had it: no year, no level unless the priority stands in front. */
export const syslog3164: LogFormat = {
  name: "syslog-3164",
  title: "Syslog (RFC 3164)",
  rule: LEVEL_RULE,
  begins: BSD.source,
  follows: "traces",
  parts: BSD.parts,
  understood: (parts, time) => `${BSD.matched(parts)} and ${time} is not null`,
  // Without the pattern: every line is asked for its day before any is taken apart.
  monthDay(raw) {
    const stamp = `if(startswith(${raw}, '<'), substr(${raw}, locate('>', ${raw}) + 1, 6), left(${raw}, 6))`;
    return `nullif(${monthDayOf(monthOf(`left(${stamp}, 3)`), `substr(${stamp}, 5)`)}, 0)`;
  },
  columns(parts, { timeZone, years }) {
    const date = dateOfYear(monthOf(BSD.always(parts, "month")), BSD.always(parts, "day"), years);
    return {
      time: timestamp(date, BSD.always(parts, "time"), undefined, timeZone),
      ...named(BSD, parts),
    };
  },
};

const ISO = pattern(
  String.raw`(?:<(?<priority>\d{1,3})>)?(?<date>\d{4}-\d\d-\d\d)T(?<time>\d\d:\d\d:\d\d(?:\.\d+)?)(?<zone>Z|[+-]\d\d:?\d\d) (?<host>[\w.-]+) (?=[^\s:\[]+(?:\[[^\]]*\])?: )${TAG}`,
);

/** What rsyslog 8 writes by default: the time in ISO 8601, then as RFC 3164. */
export const syslogIso: LogFormat = {
  name: "syslog-iso",
  title: "Syslog (rsyslog, ISO time)",
  rule: LEVEL_RULE,
  begins: ISO.source,
  follows: "traces",
  parts: ISO.parts,
  understood: (parts, time) => `${ISO.matched(parts)} and ${time} is not null`,
  columns: parts => ({
    time: timestamp(ISO.always(parts, "date"), ISO.always(parts, "time"), ISO.always(parts, "zone")),
    ...named(ISO, parts),
  }),
};

function named(line: typeof BSD, parts: string) {
  const priority = line.group(parts, "priority");
  const message = line.rest(parts);
  return {
    level: `coalesce(${levelOfPriority(priority)}, ${levelOfMessage(message)})`,
    message,
    ip: addressIn(message),
    service: line.group(parts, "tag"),
    host: line.always(parts, "host"),
  };
}
