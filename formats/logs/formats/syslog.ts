import { sparkLiteral } from "../../../connectors/iceberg/names.ts";
import type { LogFormat } from "../format.ts";
import { levelOfPriority, PRIORITY_RULE } from "../levels.ts";
import { lineFormat } from "../line-format.ts";
import { pattern } from "../pattern.ts";
import { levelOfMessage, MESSAGE_RULE } from "../severity.ts";
import { dateOfYear, MONTHS, monthDayOf, monthOf, timestamp } from "../times/times.ts";

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
  String.raw`(?:<(?<priority>\d{1,3})>)?(?<date>\d{4}-\d\d-\d\d)T(?<time>\d\d:\d\d:\d\d(?:\.\d+)?)(?<zone>Z|[+-]\d\d:?\d\d) (?:[A-Z][a-z]\((?<severity>\d{1,3})\)|(?<host>[\w.-]+)) (?=[^\s:\[]+(?:\[[^\]]*\])?: )${TAG}`,
);

/** What rsyslog 8 writes by default: the time in ISO 8601, then as RFC 3164. ESXi has the priority, `Er(11)`, in place of a host. */
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
  const priority = `coalesce(${line.group(parts, "priority")}, ${line.group(parts, "severity")})`;
  const message = line.rest(parts);
  return {
    level: `coalesce(${levelOfPriority(priority)}, ${levelOfMessage(message)})`,
    message,
    ip: addressIn(message),
    service: line.group(parts, "tag"),
    host: line.group(parts, "host"),
  };
}

/** Syslog as clusters collect it: a label, the epoch and the node in front. */
export const clusterSyslog: LogFormat = lineFormat({
  name: "cluster-syslog",
  title: "Syslog of a cluster (label, epoch, node in front)",
  line: String.raw`\S+ (?<at>\d{10}) \d{4}\.\d\d\.\d\d \S+ \w{3} +\d{1,2} \d\d:\d\d:\d\d (?<host>[^\s/]+)(?:/\S+)? (?:(?<service>[^\s:\[]+)(?:\[[^\]]*\])?: )?`,
  follows: "none",
});

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

/** The first address of the internet that a message names, as SQL; null where there is none. */
export function addressIn(message: string): string {
  const text = `left(${message}, 500)`;
  const first = (source: string) => `regexp_extract(${text}, ${sparkLiteral(source)}, 0)`;
  return `case when ${text} rlike ${sparkLiteral(IPV4)} then ${first(IPV4)} when contains(${text}, ':') and ${text} rlike ${sparkLiteral(IPV6)} then ${first(IPV6)} end`;
}

const IPV4 = String.raw`(?<![\w.])\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}(?![\w.]?\d)`;

// Only after a word that announces it, since times and names of C++ look alike.
const IPV6 = String.raw`(?<=(?:from|rhost|addr|client|ip)[ =:]\[?)[\da-fA-F]{0,4}(?::[\da-fA-F]{0,4}){2,7}(?!\w)`;
