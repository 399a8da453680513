import type { LogFormat } from "../format.ts";
import { levelOfNumber, PRIORITY_RULE } from "../levels.ts";
import { DATE, lineFormat, TIME } from "../line-format.ts";
import { anyTime } from "../times/any-time.ts";

/** journalctl -o short-full: weekday, date, time and zone. */
export const journaldFull: LogFormat = lineFormat({
  name: "journald-full",
  title: "journalctl short-full",
  line: String.raw`[A-Z][a-z]{2} ${DATE} ${TIME}(?: (?<zone>[A-Z][A-Za-z]{1,4}|[+-]\d\d:?\d\d|[+-]\d\d))? (?<host>\S+) (?<service>[^\s:\[]+)(?:\[\d+\])?: `,
});

/** journalctl -o export: a field a line, records apart by an empty one. */
export const journaldExport: LogFormat = {
  name: "journald-export",
  title: "journalctl export",
  rule: PRIORITY_RULE,
  begins: "__CURSOR=",
  follows: "all",
  goesOn: `(?:(?!__CURSOR=)_{0,2}[A-Z][A-Z0-9_]*(?:=|$)|$)`,
  text: (raw, trace) => `concat_ws('\\n', ${raw}, ${trace})`,
  oneByOne: false,
  parts: raw => raw,
  understood: (parts, time) => `startswith(${parts}, '__CURSOR=') and ${time} is not null`,
  columns(parts, { timeZone }) {
    const field = (name: string) => `nullif(regexp_extract(${parts}, r'(?m)^${name}=(.*)$', 1), '')`;
    return {
      time: anyTime(field("__REALTIME_TIMESTAMP"), timeZone),
      level: levelOfNumber(field("PRIORITY"), "syslog"),
      message: `coalesce(${field("MESSAGE")}, '')`,
      service: `coalesce(${field("SYSLOG_IDENTIFIER")}, ${field("_SYSTEMD_UNIT")})`,
      host: field("_HOSTNAME"),
    };
  },
};
