import type { LogFormat } from "../format.ts";
import { levelOfField, levelOfStatus, levelOfWord, WORD_RULE } from "../levels.ts";
import { DATE, LEVEL, lineFormat, OFFSET, secondsOf, TIME } from "../line-format.ts";
import { anyTime } from "../times/any-time.ts";

/** The console of .NET: the level and the category, the message on the next line or behind. */
export const dotnetConsole: LogFormat = {
  ...lineFormat({
    name: "dotnet-console",
    title: ".NET console log",
    line: String.raw`(?:\[?(?<at>\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d\S*)\]? )?(?<level>trce|dbug|info|warn|fail|crit): (?<service>[\w.+\x60<>-]+)\[-?\d+\]\n? *`,
    follows: "traces",
    more: ({ message }) => ({ message: `trim(split_part(ltrim(${message}), '\\n', 1))` }),
  }),
  text: (raw, trace) => `concat_ws('\\n', ${raw}, ${trace})`,
  oneByOne: false,
};

/** Monolog, as Laravel and Symfony write it: `[time] channel.LEVEL: message`. */
export const monolog: LogFormat = lineFormat({
  name: "monolog",
  title: "Monolog (Laravel, Symfony)",
  line: String.raw`\[(?<at>\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d[^\]]{0,20})\] (?<service>[\w-]{1,60})\.(?<level>DEBUG|INFO|NOTICE|WARNING|ERROR|CRITICAL|ALERT|EMERGENCY): `,
  follows: "all",
});

/** Ruby's Logger, which Rails and Sidekiq write with. */
export const ruby: LogFormat = lineFormat({
  name: "ruby",
  title: "Ruby or Rails log",
  line: String.raw`[DIWEFAU], \[(?<at>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+)(?: #\d+)?\] +(?<level>DEBUG|INFO|WARN|ERROR|FATAL|ANY|UNKNOWN) -- (?<service>[^:]{0,80}): ?`,
  follows: "all",
  more: ({ part, message }) => ({
    service: `nullif(trim(${part("service")}), '')`,
    status: `try_cast(nullif(regexp_extract(left(${message}, 300), r'Completed (\\d{3}) ', 1), '') as int)`,
    seconds: `try_cast(nullif(regexp_extract(left(${message}, 300), r'Completed \\d{3} .{0,60}? in ([\\d.]+)ms', 1), '') as double) / 1000d`,
  }),
});

/** NestJS's console. */
export const nest: LogFormat = lineFormat({
  name: "nest",
  title: "NestJS console",
  line: String.raw`\[Nest\] \d+ +- +(?<at>\d\d/\d\d/\d{4}, \d{1,2}:\d\d:\d\d [AP]M) +(?<level>LOG|ERROR|WARN|DEBUG|VERBOSE|FATAL) (?:\[(?<service>[^\]]{1,100})\] ?)?`,
  follows: "all",
});

/** What Rails prints of a request over several lines, without a logger's own time. */
export const rails: LogFormat = {
  ...lineFormat({
    name: "rails",
    title: "Rails requests, several lines each",
    line: String.raw`(?:\[[\w-]+\] )?Started (?<method>[A-Z]+) "(?<target>[^"]*)" for (?<ip>[\da-fA-F.:]+) at (?<at>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d [+-]\d{4})`,
    follows: "all",
    level: ({ message }) => `coalesce(${levelOfStatus(completed(message, 1, "int"))}, 'unknown')`,
    more: ({ part, message }) => ({
      status: completed(message, 1, "int"),
      seconds: `${completed(message, 2, "double")} / 1000d`,
      message: `concat_ws(' ', ${completed(message, 1, "int")}, ${part("method")}, ${part("target")})`,
    }),
    rule: "The status with which the request was completed: 500 and above is error, 400 to 499 warn, all others info.",
  }),
  text: (raw, trace) => `concat_ws('\\n', ${raw}, ${trace})`,
  oneByOne: false,
};

function completed(message: string, group: number, type: string): string {
  return `try_cast(nullif(regexp_extract(left(${message}, 8000), r'Completed (\\d{3}) [^\\n]{0,60}? in ([\\d.]+)ms', ${group}), '') as ${type})`;
}

/** env_logger of Rust: time, level and module in brackets. */
export const envLogger: LogFormat = lineFormat({
  name: "env-logger",
  title: "Rust env_logger",
  line: String.raw`\[(?<at>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z) ${LEVEL} +(?<service>[\w:.-]+)\] `,
  follows: "all",
});

/** Serilog's text, in a file and on a console. */
export const serilog: LogFormat = lineFormat({
  name: "serilog",
  title: "Serilog text",
  line: String.raw`(?:${DATE} ${TIME}${OFFSET} \[(?<level>VRB|DBG|INF|WRN|ERR|FTL|Verbose|Debug|Information|Warning|Error|Fatal)\]|\[(?<clock>\d\d:\d\d:\d\d) (?<short>VRB|DBG|INF|WRN|ERR|FTL)\]) (?:\[(?<service>[\w.]+)\] )?`,
  follows: "all",
  level: ({ part }) => levelOfWord(`coalesce(${part("level")}, ${part("short")})`),
});

/** tracing-subscriber of Rust: `time LEVEL span: target: message`. */
export const tracing: LogFormat = lineFormat({
  name: "tracing",
  title: "Rust tracing",
  line: String.raw`(?<at>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z) +(?<level>TRACE|DEBUG|INFO|WARN|ERROR) (?:[\w:{}=" .,/-]{1,300}?: )?(?<service>\w+(?:::\w+)*): `,
  follows: "all",
});

/** zap's console: tabs between time, level, logger, caller and message. */
export const zapConsole: LogFormat = lineFormat({
  name: "zap",
  title: "zap console",
  line: String.raw`(?<at>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+(?:Z|[+-]\d{4})|\d\.\d+[eE]\+?\d+|\d{10}\.\d+)\t(?:\x1b\[\d+m)?(?<level>[A-Za-z]{4,6})(?:\x1b\[0m)?\t(?:(?<service>[\w.-]+)\t)?(?:(?<caller>[\w./@-]+:\d+)\t)?`,
  // Below an error stand the names of functions.
  follows: "all",
  fits: line => /^\S+\t(?:\x1b\[\d+m)?(?:debug|info|warn|error|dpanic|panic|fatal)(?:\x1b\[0m)?\t/i.test(line),
  more: ({ part }) => ({ service: `coalesce(${part("service")}, split_part(${part("caller")}, ':', 1))` }),
});

const KEYS = {
  time: "time|ts|t|timestamp|date|@timestamp",
  level: "level|lvl|severity|at",
  message: "msg|message|event|error|err",
  service: "service|app|component|logger|module|process",
  host: "host|hostname",
  method: "method|http_method",
  path: "path|uri|url|endpoint",
  status: "status|status_code|code",
  ip: "ip|client_ip|remote_addr|remote_ip|fwd|addr",
  duration: "duration|took|elapsed|latency|service|duration_ms",
  bytes: "bytes|size",
};

/** `key=value` pairs, in any order, as Go's slog and logrus, Heroku, Grafana and Traefik write them. */
export const logfmt: LogFormat = {
  name: "logfmt",
  title: "logfmt, key=value",
  rule: `${WORD_RULE} A line without a level that has a status goes by that.`,
  begins: String.raw`[A-Za-z_@][\w.@-]{0,60}=(?:"|\S)`,
  follows: "traces",
  fits: line => {
    const keys = new Set([...line.matchAll(/(?:^|\s)([A-Za-z_@][\w.@-]*)=/g)].map(([, key]) => key));
    const has = (names: string) => names.split("|").some(name => keys.has(name));
    return (
      keys.size >= 2 &&
      (has(KEYS.level) || (has(KEYS.time) && has(KEYS.message)) || (keys.has("status") && has(KEYS.path)))
    );
  },
  parts: raw => `array(${raw})`,
  understood: (parts, time) =>
    `(${time} is not null or ${valueFor(parts, KEYS.time)} is null) and (${time} is not null or ${valueFor(parts, KEYS.level)} is not null or ${valueFor(parts, KEYS.message)} is not null or ${valueFor(parts, "status")} is not null)`,
  columns(parts, { timeZone, dayFirst }) {
    const value = (key: keyof typeof KEYS) => valueFor(parts, KEYS[key]);
    const status = `try_cast(${value("status")} as int)`;
    const milliseconds = valueFor(parts, "duration_ms");
    return {
      time: anyTime(value("time"), timeZone, dayFirst),
      level: `coalesce(${levelOfField(value("level"))}, ${levelOfStatus(status)})`,
      message: `coalesce(${value("message")}, get(${parts}, 0))`,
      service: value("service"),
      host: value("host"),
      method: value("method"),
      endpoint: `substring_index(${value("path")}, '?', 1)`,
      status,
      ip: `regexp_replace(${value("ip")}, r'(?<=\\.\\d{1,3}):\\d+$', '')`,
      seconds: `coalesce(try_cast(${milliseconds} as double) / 1000d, ${secondsOf(value("duration"))})`,
      bytes: `try_cast(${value("bytes")} as bigint)`,
    };
  },
};

// Looked for in the beginning only; a value in quotes ends at the first quote that no backslash escapes.
function valueFor(parts: string, names: string): string {
  const line = `left(get(${parts}, 0), 4000)`;
  const source = `r'(?:^|\\s)(?:${names})=(?:"(.*?)(?<!\\\\)"|([^\\s"]*))'`;
  const at = (group: number) => `nullif(regexp_extract(${line}, ${source}, ${group}), '')`;
  return `coalesce(${at(1)}, ${at(2)})`;
}
