import { anyTime } from "../any-time.ts";
import type { LogFormat } from "../format.ts";
import { levelOfWord, WORD_RULE } from "../levels.ts";

type Keys = Readonly<
  Record<
    | "time"
    | "level"
    | "message"
    | "ip"
    | "service"
    | "endpoint"
    | "host"
    | "method"
    | "status"
    | "bytes"
    | "seconds"
    | "milliseconds",
    readonly string[]
  >
>;

const SPARK: Keys = {
  time: ["ts"],
  level: ["level"],
  message: ["msg"],
  service: ["logger"],
  ip: [],
  endpoint: [],
  host: [],
  method: [],
  status: [],
  bytes: [],
  seconds: [],
  milliseconds: [],
};

/** Spark's structured log: one object a line, with `ts`, `level`, `msg`, `logger`. */
export const sparkJson: LogFormat = json("spark-json", "Spark structured log (JSON)", SPARK, line =>
  ["ts", "level", "msg", "logger"].every(key => key in line),
);

const USUAL: Keys = {
  time: ["time", "timestamp", "@timestamp", "ts", "date", "datetime", "eventTime"],
  level: ["level", "severity", "log_level", "loglevel", "log.level", "lvl", "levelname"],
  message: ["message", "msg", "log", "event"],
  ip: ["ip", "client_ip", "clientip", "remote_addr", "remote_ip", "client"],
  service: ["service", "service.name", "app", "application", "component", "logger", "name"],
  endpoint: ["endpoint", "path", "url", "uri", "request_uri"],
  host: ["host", "hostname", "host.name"],
  method: ["method", "request_method", "http_method"],
  status: ["status", "status_code", "statusCode"],
  bytes: ["bytes", "body_bytes_sent", "size"],
  seconds: ["seconds", "request_time", "duration_s"],
  milliseconds: ["duration_ms", "response_time_ms", "responseTime", "elapsed_ms", "latency_ms"],
};

/** Any objects, one a line, under the names that loggers use. */
export const jsonLines: LogFormat = json("json", "JSON, an object a line", USUAL, () => true);

function json(name: string, title: string, keys: Keys, known: (line: object) => boolean): LogFormat {
  const fields = [...new Set(Object.values(keys).flat())];
  const schema = [...fields.map(field => `\`${field}\` string`), "`__bad` string"].join(", ");
  const first = (parts: string, names: readonly string[]) =>
    names.length
      ? `coalesce(${names.map(field => `nullif(${parts}.\`${field}\`, '')`).join(", ")}, null)`
      : "cast(null as string)";
  return {
    name,
    title,
    rule: `${WORD_RULE} A number is pino's: 30 is info, 40 warn, 50 error, 60 critical. An object without a level is info.`,
    begins: String.raw`\{`,
    follows: "traces",
    text: (raw, trace) => `if(endswith(rtrim(${raw}), '}'), ${raw}, concat_ws('\\n', ${raw}, ${trace}))`,
    fits: line => {
      const object = parsed(line);
      return object !== undefined && known(object);
    },
    parts: raw => `from_json(${raw}, '${schema}', map('columnNameOfCorruptRecord', '__bad'))`,
    understood: (parts, time) =>
      `${parts}.\`__bad\` is null and (${time} is not null or ${first(parts, keys.message)} is not null)`,
    columns(parts, { timeZone }) {
      const found = (key: keyof Keys) => first(parts, keys[key]);
      const level = found("level");
      return {
        time: anyTime(found("time"), timeZone),
        level: `if(${level} is null, 'info', coalesce(${levelOfWord(level)}, 'info'))`,
        message: `coalesce(${found("message")}, '')`,
        ip: found("ip"),
        service: found("service"),
        endpoint: `substring_index(${found("endpoint")}, '?', 1)`,
        host: found("host"),
        method: found("method"),
        status: `try_cast(${found("status")} as int)`,
        bytes: `try_cast(${found("bytes")} as bigint)`,
        seconds: `coalesce(try_cast(${found("seconds")} as double), try_cast(${found("milliseconds")} as double) / 1000d)`,
      };
    },
  };
}

// A line that the sample has cut is no object, and tells nothing against the others.
function parsed(line: string): object | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
