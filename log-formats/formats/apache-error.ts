import type { LogFormat } from "../format.ts";
import { levelOfWord, WORD_RULE } from "../levels.ts";
import { pattern } from "../pattern.ts";
import { MONTHS, monthOf, timestamp } from "../times.ts";

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
