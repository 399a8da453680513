import type { LogFormat, ParsedColumn, ReadOptions } from "./format.ts";
import { LEVEL_WORDS, levelOfStatus, levelOfWord, STATUS_RULE, WORD_RULE } from "./levels.ts";
import { pattern } from "./pattern.ts";
import { levelOfMessage, MESSAGE_RULE } from "./severity.ts";
import { mask, maskPath } from "./template-groups.ts";
import { anyTime, dayOrder } from "./times/any-time.ts";
import { monthOf, offsetOf, timestamp, ZONE } from "./times/times.ts";

/** What a format of one line finds its columns with. */
export interface ParsedParts {
  /** A group of the pattern, null where it is empty. */
  part(name: string): string;
  /** The message: the group `message`, or what follows the match. */
  message: string;
  options: ReadOptions;
}

/** A format whose records are a line with named groups; what each group means goes by its name. */
export interface LineSpec {
  name: string;
  title: string;
  /**
   * The line. Times: `at` as people write it, or `date` (yyyy-MM-dd), `time` and `zone`; or `year`, `month` (a name), `day`, `time`.
   * Level: `level`, else `status`, else the words of the message. `service`, `host`, `ip`, `method`, `target`, `status`,
   * `bytes`; `seconds`, `ms`, `us`.
   */
  line: string;
  follows?: LogFormat["follows"];
  begins?: string;
  /** Lines that go on with the record above although they begin like one. */
  goesOn?: string;
  rule?: string;
  broad?: true;
  fits?: (line: string) => boolean;
  /** yyyy-MM-dd of `date`, where it is written otherwise. */
  iso?: (date: string) => string;
  /** The service is the last name of a class: `a.b.Server` is Server. */
  shortService?: true;
  /** The level, where it is not the word of the group `level`. */
  level?: (found: ParsedParts) => string;
  more?: (found: ParsedParts) => Partial<Record<ParsedColumn, string>>;
}

/** Makes the format of such lines. */
export function lineFormat(spec: LineSpec): LogFormat {
  const line = pattern(spec.line);
  const has = (group: string) => line.groups.includes(group);
  const timed = has("at") || has("time");
  const { name, title, fits, broad } = spec;
  return {
    name,
    title,
    rule: spec.rule ?? (has("level") ? WORD_RULE : has("status") ? STATUS_RULE : MESSAGE_RULE),
    begins: spec.begins ?? line.source,
    follows: spec.follows ?? "traces",
    ...(fits && { fits }),
    ...(broad && { broad }),
    ...(spec.goesOn && { goesOn: spec.goesOn }),
    ...(has("at") && { dayOrder }),
    parts: line.parts,
    understood: (parts, time) =>
      timed ? `${line.matched(parts)} and (${time} is not null or ${noTime(line, parts)})` : line.matched(parts),
    columns(parts, options) {
      const part = (group: string) => line.group(parts, group);
      const found: ParsedParts = { part, message: line.rest(parts), options };
      return {
        ...(timed && { time: timeOf(spec, has, found) }),
        ...requestOf(has, found),
        ...Object.fromEntries(["host", "ip"].filter(has).map(group => [group, part(group)])),
        ...(has("service") && {
          service: spec.shortService ? lastName(part("service")) : part("service"),
        }),
        level: spec.level?.(found) ?? levelOf(has, found),
        message: found.message,
        ...spec.more?.(found),
      };
    },
  };
}

/** The last name of a class, `Server` of `org.apache.Server (x.java:1)`. */
export function lastName(logger: string): string {
  return `substring_index(substring_index(trim(${logger}), ' ', 1), '.', -1)`;
}

// A line of the same format that has no time at all, where its pattern lets it.
function noTime(line: ReturnType<typeof pattern>, parts: string): string {
  const group = ["at", "date", "time"].find(name => line.groups.includes(name)) ?? "";
  return `${line.group(parts, group)} is null`;
}

function timeOf(
  { iso = date => date }: LineSpec,
  has: (group: string) => boolean,
  { part, options }: ParsedParts,
): string {
  const { timeZone, dayFirst } = options;
  if (has("at")) return anyTime(part("at"), timeZone, dayFirst);
  const clock = `replace(${part("time")}, ',', '.')`;
  const date = has("year")
    ? `concat(${part("year")}, '-', ${monthOf(part("month"))}, '-', trim(${part("day")}))`
    : iso(part("date"));
  if (!has("zone")) return timestamp(date, clock, undefined, timeZone);
  const zone = offsetOf(part("zone"));
  return timestamp(`if(${zone} = '?', null, ${date})`, clock, zone, timeZone);
}

function levelOf(has: (group: string) => boolean, { part, message }: ParsedParts): string {
  if (has("level")) return levelOfWord(part("level"));
  return has("status") ? levelOfStatus(`try_cast(${part("status")} as int)`) : levelOfMessage(message);
}

// What a web server's line says of its request.
function requestOf(has: (group: string) => boolean, { part }: ParsedParts): Partial<Record<ParsedColumn, string>> {
  const seconds = [
    ["seconds", "1d"],
    ["ms", "1000d"],
    ["us", "1000000d"],
  ].filter(([group]) => has(group as string));
  const endpoint = endpointOf(part("target"));
  return {
    ...(has("status") && { status: `try_cast(${part("status")} as int)` }),
    ...(has("bytes") && { bytes: `try_cast(${part("bytes")} as bigint)` }),
    ...(has("method") && { method: part("method") }),
    ...(has("target") && { endpoint }),
    ...(seconds.length > 0 && {
      seconds: `coalesce(${seconds.map(([group, per]) => `try_cast(${part(group as string)} as double) / ${per}`).join(", ")}, null)`,
    }),
    ...(has("status") &&
      has("target") && { template: requestTemplate(part("status"), part("method"), endpoint, "null") }),
  };
}

/** The path of what was asked for, without what follows `?`, a host in front, or its own port. */
export function endpointOf(target: string): string {
  const path = `substring_index(substring_index(${target}, '?', 1), '#', 1)`;
  return `if(${target} like 'http%://%', regexp_replace(${path}, r'^https?://[^/]*$|^https?://[^/]*(?=/)', ''), ${path})`;
}

/** The template of a request: its status, method and path, with what differs in the path masked. */
export function requestTemplate(status: string, method: string, endpoint: string, request: string): string {
  const other = request === "null" ? "'-'" : `coalesce(${mask(request)}, '-')`;
  return `concat(${status}, ' ', coalesce(concat(${method}, ' ', ${maskPath(endpoint)}), ${other}))`;
}

/** Seconds of a duration with its unit, `3ms`, `1.2s`, `250µs`, `1m2.5s`; null for a number without one. */
export function secondsOf(duration: string): string {
  const number = `try_cast(regexp_extract(${duration}, r'^([\\d.]+) ?(?:ns|us|µs|μs|ms|s|sec|secs|seconds|m|min)$', 1) as double)`;
  // As Go writes longer ones, 1h2m3.5s, and ISO 8601, PT2M3S.
  const long = (group: number) =>
    `coalesce(try_cast(nullif(regexp_extract(${duration}, r'^(?:PT)?(?:(\\d+)[hH])?(?:(\\d+)[mM])?(?:([\\d.]+)[sS])?$', ${group}), '') as double), 0d)`;
  const isLong = `${duration} rlike r'^(?:PT(?:\\d+H)?(?:\\d+M)?(?:[\\d.]+S)?|(?:\\d+h)(?:\\d+m)?(?:[\\d.]+s)?|\\d+m[\\d.]+s)$'`;
  const minutes = `if(${isLong}, ${long(1)} * 3600 + ${long(2)} * 60 + ${long(3)}, null)`;
  return `coalesce(case when ${duration} rlike 'ns$' then ${number} / 1000000000d when ${duration} rlike '(?:us|µs|μs)$' then ${number} / 1000000d
    when ${duration} rlike 'ms$' then ${number} / 1000d when ${duration} rlike '(?:m|min)$' then ${number} * 60d else ${number} end, ${minutes})`;
}

/** Pieces of patterns that many formats are made of. Each names its groups, so a pattern takes each once. */
export const DATE = String.raw`(?<date>\d{4}-\d\d-\d\d)`;
export const TIME = String.raw`(?<time>\d\d:\d\d:\d\d(?:[.,]\d{1,9})?)`;
/** An offset or a zone's name after a time, with a blank in front or none. */
export const OFFSET = `(?: ?(?<zone>${ZONE}))?`;
/** A level in capital letters, and in any. */
export const LEVEL = `(?<level>${LEVEL_WORDS.toUpperCase()})`;
/** What a web server was asked for, without the quotes. */
export const REQUEST = String.raw`(?<method>[A-Z]{3,10}) (?<target>[^\s"]+)(?: [A-Z]+/[\d.]+)?`;
