import { sparkLiteral } from "../../../connectors/iceberg/names.ts";
import { parseJson } from "../../../core/jobs/parse/json.ts";
import type { LogFormat } from "../format.ts";
import { levelOfField, levelOfNumber, levelOfStatus, WORD_RULE } from "../levels.ts";
import { endpointOf, requestTemplate, secondsOf } from "../line-format.ts";
import { templateOf } from "../template-groups.ts";
import { anyTime, dayOrder } from "../times/any-time.ts";
import { JSON_KEYS, MARKS, SCALED } from "./json-keys.ts";

type Key = keyof typeof JSON_KEYS;

/** Members that are read of every object, those of objects inside by the object they stand in. */
const PATHS = [...Object.values(JSON_KEYS).flat(), ...SCALED.map(([name]) => name), ...MARKS];
const FIELDS = [
  ...new Set(
    PATHS.flatMap(path => (/^[^/]*\./.test(path) ? [path, path.split(".")[0] ?? ""] : [path.split("/")[0] ?? ""])),
  ),
];
// Spark does not tell `time` from `Time`: what differs only by case is read by another look at the line, where it occurs.
const TIERS = FIELDS.reduce<string[][]>((tiers, field) => {
  const free = tiers.find(tier => !tier.some(one => one.toLowerCase() === field.toLowerCase()));
  if (free) free.push(field);
  else tiers.push([field]);
  return tiers;
}, []);

function schemaOf(tier: readonly string[]): string {
  return [...tier.map(field => `\`${field}\` string`), "`__bad` string"].join(", ");
}

function object(raw: string, tier: readonly string[], at: number): string {
  const read = `from_json(${raw}, '${schemaOf(tier)}', map('columnNameOfCorruptRecord', '__bad'))`;
  return at === 0
    ? read
    : `if(${raw} rlike ${sparkLiteral(`"(?:${tier.map(RegExp.escape).join("|")})"`)}, ${read}, null)`;
}

function field(parts: string, name: string): string {
  return `${parts}.t${TIERS.findIndex(tier => tier.includes(name))}.\`${name}\``;
}

/** Any objects, one a line, under the names that loggers use. */
export const jsonLines: LogFormat = {
  name: "json",
  title: "JSON, an object a line",
  rule: `${WORD_RULE} A number is a level as its logger counts: pino and Bunyan (30 is info), syslog in GELF and journald (3 is error), Monolog, OpenTelemetry. Without a level the answer's status counts: 500 and above is error, 400 to 499 warn.`,
  begins: String.raw`\{`,
  follows: "traces",
  broad: true,
  text: (raw, trace) => `if(endswith(rtrim(${raw}), '}'), ${raw}, concat_ws('\\n', ${raw}, ${trace}))`,
  // An object over several lines begins with its bracket alone.
  fits: line => /^\{\s*$/.test(line) || parsed(line) !== undefined,
  dayOrder,
  // What each column is found in is taken together once: written out, it would stand in the statement many times.
  parts: raw => {
    const objects = `named_struct(${TIERS.map((tier, at) => `'t${at}', ${object(raw, tier, at)}`).join(", ")})`;
    const values = (Object.keys(JSON_KEYS) as Key[]).map(key => `'${key}', ${firstOf("o", JSON_KEYS[key])}`);
    const others = [...SCALED.map(([name]) => name), ...MARKS].map(name => `'${name}', ${field("o", name)}`);
    return `get(transform(array(${objects}), o -> named_struct('bad', o.t0.\`__bad\`, 'isObject', left(${field("o", "request")}, 1) = '{', ${[...values, ...others].join(", ")})), 0)`;
  },
  understood: (parts, time) => {
    const conditions = ["message", "level", "status"].map(key => `${parts}.${key} is not null`).join(" or ");
    return `${parts}.bad is null and (${time} is not null or (${parts}.time is null and (${conditions})))`;
  },
  columns(parts, { timeZone, dayFirst }) {
    const value = (key: Key) => `${parts}.${key}`;
    const status = `try_cast(${value("status")} as int)`;
    const line = (group: number) => {
      return `if(${value("request")} is null, null, regexp_extract(${value("request")}, r'^([A-Z]+) ([^ ]+)', ${group}))`;
    };
    const method = `coalesce(${value("method")}, ${line(1)})`;
    const endpoint = endpointOf(`coalesce(${value("endpoint")}, ${line(2)})`);
    const text = value("message");
    return {
      time: anyTime(value("time"), timeZone, dayFirst),
      level: levelIn(parts, status),
      message: `coalesce(${text}, concat_ws(' ', ${status}, ${method}, ${endpoint}))`,
      template: `if(${status} is not null and ${endpoint} is not null, ${requestTemplate(status, method, endpoint, "null")}, ${templateOf(`coalesce(${text}, '')`)})`,
      ip: `regexp_replace(split_part(${value("ip")}, ',', 1), r'^\\[?([\\da-fA-F:.]*?)\\]?(?<=\\.\\d{1,3}|\\]):\\d+$', '$1')`,
      service: value("service"),
      endpoint,
      host: value("host"),
      method,
      status,
      bytes: `try_cast(${value("bytes")} as bigint)`,
      seconds: secondsIn(parts),
    };
  },
};

/** Spark's structured log, as a name that a job may ask for: it is read as every other object. */
export const sparkJson: LogFormat = {
  ...jsonLines,
  name: "spark-json",
  title: "Spark structured log (JSON)",
  broad: undefined as never,
  fits: line => {
    const { ts, level, msg, logger } = (parsed(line) ?? {}) as Record<string, unknown>;
    const isSpark = typeof ts === "string" && /^[A-Z]{4,5}$/.test(String(level));
    return isSpark && typeof msg === "string" && typeof logger === "string";
  },
};

function firstOf(object: string, paths: readonly string[]): string {
  return `coalesce(${paths.map(path => member(object, path)).join(", ")}, null)`;
}

// A name is one member; `a/b` is a member of an object; `a.b` either. What is itself an object is none of these.
function member(object: string, path: string): string {
  const of = (name: string) => field(object, name);
  const inside = (names: readonly string[]) => {
    const [outer = "", ...rest] = names;
    const way = rest.map(name => (/^\d+$/.test(name) ? `[${name}]` : `[\\'${name}\\']`)).join("");
    return `if(left(${of(outer)}, 1) in ('{', '['), get_json_object(${of(outer)}, '$${way}'), null)`;
  };
  if (path.includes("/")) return inside(path.split("/"));
  const own = `case when ${of(path)} <> '' and left(${of(path)}, 1) <> '{' then ${of(path)} end`;
  return path.includes(".") ? `${own}, ${inside(path.split("."))}` : own;
}

function levelIn(parts: string, status: string): string {
  const text = `${parts}.level`;
  const has = (mark: string) => `${parts}.\`${mark}\` is not null`;
  const number = `try_cast(${text} as int)`;
  const numbered = `case when ${number} is null then null when ${has("short_message")} then ${levelOfNumber(text, "syslog")}
    when ${number} >= 5000 then ${levelOfNumber(text, "logback")} when ${number} >= 100 then ${levelOfNumber(text, "monolog")}
    when ${number} >= 10 then ${levelOfNumber(text, "pino")} when ${number} between 0 and 7 then ${levelOfNumber(text, "syslog")} end`;
  const scaled = SCALED.map(([name, scale]) => levelOfNumber(`${parts}.\`${name}\``, scale));
  // MongoDB's D1 to D5, Serilog's compact form, which leaves out Information, and what Kubernetes' audit calls a level.
  const others = `case when ${text} rlike '^D[1-5]$' then 'debug' when ${text} in ('Metadata', 'Request', 'RequestResponse') then ${levelOfStatus(status)} when ${text} is null and ${has("@t")} then 'info' end`;
  // Datadog calls the level a status.
  const word = `if(${status} is null and ${parts}.status rlike '^[A-Za-z]+$', ${levelOfField(`${parts}.status`)}, null)`;
  // Traefik's level is that of its own log, always info.
  return `coalesce(if(${has("DownstreamStatus")}, ${levelOfStatus(status)}, null), ${levelOfField(text)}, ${numbered}, ${scaled.join(", ")}, ${others}, if(${text} is null, coalesce(${levelOfStatus(status)}, ${word}), null))`;
}

function secondsIn(parts: string): string {
  const each = (key: Key, per: string) => `try_cast(${parts}.${key} as double) / ${per}`;
  const has = (mark: string) => `${parts}.\`${mark}\` is not null`;
  const byKind = `case when ${parts}.isObject then 1d when ${has("response_flags")} or ${has("response_code")} or ${has("controller")} then 1000d end`;
  return `coalesce(${each("seconds", "1d")}, ${each("milliseconds", "1000d")}, ${each("microseconds", "1000000d")}, ${each("nanoseconds", "1000000000d")}, ${secondsOf(`${parts}.duration`)}, try_cast(${parts}.duration as double) / (${byKind}))`;
}

// A line that the sample has cut is no object, and tells nothing against the others.
function parsed(line: string): object | undefined {
  try {
    const value: unknown = parseJson(line);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
