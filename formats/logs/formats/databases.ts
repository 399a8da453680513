import type { LogFormat } from "../format.ts";
import { DATE, lineFormat, OFFSET, TIME } from "../line-format.ts";
import { maskStatement } from "../template-groups.ts";
import { csv } from "./csv.ts";

/** The error log of MySQL 5.5 to 8 and MariaDB. */
export const mysqlError: LogFormat = lineFormat({
  name: "mysql-error",
  title: "MySQL or MariaDB error log",
  line: String.raw`(?<date>\d{4}-\d\d-\d\d|\d{6})[T ]{1,2}(?<time>\d{1,2}:\d\d:\d\d(?:\.\d+)?)${OFFSET}(?: \d+)? \[(?<level>System|Note|Warning|ERROR|Error)\] (?:\[(?<code>MY-\d+)\] \[(?<service>[^\]]*)\] )?`,
  iso: date =>
    `if(length(${date}) = 6, concat('20', left(${date}, 2), '-', substr(${date}, 3, 2), '-', right(${date}, 2)), ${date})`,
  follows: "all",
});

const BEGINS = "# User@Host:";

/** The slow log of MySQL and MariaDB by its first lines: what stands above the first record is its header. */
export function mysqlSlowOf(lines: readonly string[]): LogFormat | undefined {
  const header = lines.findIndex(line => line.startsWith(BEGINS));
  if (header < 0 || header > 20) return undefined;
  const found = (parts: string, source: string) => `nullif(regexp_extract(left(${parts}, 8000), r'${source}', 1), '')`;
  return {
    name: "mysql-slow",
    title: "MySQL or MariaDB slow log",
    rule: "The log has no levels: a slow statement is warn.",
    begins: `${BEGINS} `,
    follows: "all",
    goesOn: "# Time: ",
    key: String(header),
    ...(header > 0 && { header }),
    text: (raw, trace) => `concat_ws('\\n', ${raw}, ${trace})`,
    oneByOne: false,
    parts: raw => raw,
    understood: (parts, time) => `startswith(${parts}, '${BEGINS}') and ${time} is not null`,
    columns(parts) {
      const at = `try_cast(${found(parts, "SET timestamp=(\\d+)")} as bigint)`;
      const statement = `trim(regexp_replace(regexp_replace(left(${parts}, 8000), r'(?m)^(?:#.*|SET timestamp=.*|use .*)$', ''), r'\\s+', ' '))`;
      return {
        time: `timestamp_seconds(${at})`,
        level: "'warn'",
        message: statement,
        template: maskStatement(statement),
        seconds: `try_cast(${found(parts, "Query_time: ([\\d.]+)")} as double)`,
        host: found(parts, "@ (\\S*[^\\s\\[]\\S*) \\["),
        ip: found(parts, "\\[([\\d.]+)\\]"),
        service: found(parts, "(?m)^use ([^;]+);"),
      };
    },
  };
}

// Anything may stand between the time and the level: a process, user@database, what RDS writes.
const STAMP = String.raw`${DATE} ${TIME}${OFFSET}(?<prefix>[ :\[][^"']{0,200}?[ :])`;

/** PostgreSQL's server log with any prefix that begins with a time. What explains a message (DETAIL, STATEMENT) belongs to it. */
export const postgres: LogFormat = lineFormat({
  name: "postgres",
  title: "PostgreSQL server log",
  line: `${STAMP}(?<level>DEBUG[1-5]?|INFO|NOTICE|WARNING|ERROR|LOG|FATAL|PANIC): {1,2}`,
  goesOn: `${STAMP.replaceAll(/\(\?<\w+>/g, "(?:")}(?:DETAIL|HINT|QUERY|CONTEXT|LOCATION|STATEMENT): {1,2}`,
  rule: "The word: LOG and NOTICE are info, PANIC and FATAL critical.",
  more: ({ part, message }) => ({
    service: `nullif(regexp_extract(${part("prefix")}, r'(?:\\w@|db=|database=)([\\w.-]+)', 1), '')`,
    ip: `nullif(regexp_extract(concat(coalesce(${part("prefix")}, ''), ' ', left(${message}, 200)), r'(?:host=|client=|UTC:)(\\d+\\.\\d+\\.\\d+\\.\\d+)', 1), '')`,
    seconds: `try_cast(nullif(regexp_extract(left(${message}, 200), r'^duration: ([\\d.]+) ms', 1), '') as double) / 1000d`,
  }),
});

const SEVERITY = /^(?:DEBUG[1-5]?|INFO|NOTICE|WARNING|ERROR|LOG|FATAL|PANIC)$/;

/** PostgreSQL's csvlog: its columns have fixed places and no names. */
export const postgresCsv: LogFormat = csv({
  name: "postgres-csv",
  title: "PostgreSQL csvlog",
  at: new Map([
    ["time", 0],
    ["ip", 4],
    ["level", 11],
    ["message", 13],
    ["service", 2],
  ]),
  delimiter: ",",
  width: 26,
  header: 0,
  fits: cell => SEVERITY.test(cell(11)),
});

/** The log of Redis; its level is one sign. */
export const redis: LogFormat = lineFormat({
  name: "redis",
  title: "Redis log",
  line: String.raw`\d+:(?<role>[XCSM]) (?<at>\d{1,2} \w{3} \d{4} \d\d:\d\d:\d\d(?:\.\d+)?) (?<mark>[.*#-]) `,
  rule: "The sign in front: . and - are debug, * info, # warn.",
  level: ({ part }) => `case ${part("mark")} when '#' then 'warn' when '*' then 'info' else 'debug' end`,
});
