import type { LogFormat } from "../format.ts";
import { levelOfWord, WORD_RULE } from "../levels.ts";
import { lineFormat, TIME } from "../line-format.ts";
import { pattern } from "../pattern.ts";
import { templateOf } from "../template-groups.ts";
import { MONTHS, monthOf, timestamp } from "../times/times.ts";

const LINE = pattern(
  String.raw`\[\w{3} (?<month>${MONTHS}) (?<day>[ \d]\d) (?<time>\d\d:\d\d:\d\d(?:\.\d+)?) (?<year>\d{4})\] \[(?:(?<module>[\w.-]*):)?(?<level>\w+)\] (?:\[pid (?<pid>[^\]]*)\] )?(?:\(\d+\)[^:\[]{0,200}: )?(?:\[client (?<client>[^\]]+)\] ?)?`,
);

/** The error log of Apache 2.0 to 2.4. */
export const apacheError: LogFormat = {
  name: "apache-error",
  title: "Apache error log",
  rule: WORD_RULE,
  begins: LINE.source,
  follows: "traces",
  parts: LINE.parts,
  understood: (parts, time) => `${LINE.matched(parts)} and ${time} is not null`,
  columns(parts, { timeZone }) {
    const part = (name: string) => LINE.group(parts, name);
    const client = part("client");
    const date = `concat(${part("year")}, '-', ${monthOf(part("month"))}, '-', trim(${part("day")}))`;
    // Since 2.4 a line names the module, and the client with its port.
    const withPort = `(${part("module")} is not null or ${client} like '%.%:%')`;
    return {
      time: timestamp(date, part("time"), undefined, timeZone),
      level: levelOfWord(part("level")),
      message: LINE.rest(parts),
      ip: `if(${withPort}, regexp_replace(${client}, ':\\\\d+$', ''), ${client})`,
      service: part("module"),
    };
  },
};

/** nginx's error log: the level in brackets, the client behind the message. */
export const nginxError: LogFormat = lineFormat({
  name: "nginx-error",
  title: "nginx error log",
  line: String.raw`(?<date>\d{4}/\d\d/\d\d) ${TIME} \[(?<level>debug|info|notice|warn|error|crit|alert|emerg)\] \d+#\d+: (?:\*\d+ )?`,
  iso: date => `replace(${date}, '/', '-')`,
  more: ({ message }) => ({
    ip: `nullif(regexp_extract(${message}, r', client: ([\\da-fA-F.:]+)', 1), '')`,
    endpoint: `nullif(regexp_extract(${message}, r', request: "[A-Z]+ ([^ ?"]+)', 1), '')`,
    method: `nullif(regexp_extract(${message}, r', request: "([A-Z]+) ', 1), '')`,
    template: templateOf(`regexp_replace(${message}, r', (?:client|server|upstream): .*$', '')`),
  }),
});
