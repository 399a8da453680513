import type { LogFormat } from "../../log-formats/format.ts";
import { FORMATS } from "../../log-formats/list.ts";
import { SettingsError } from "../../settings.ts";

/** The formats whose lines can be read one by one: no first line names their columns, and their times have years. */
export function streamFormats(): string[] {
  return [...new Set(FORMATS.filter(isForStreams).map(({ name }) => name))];
}

/** The format that a job names. Throws a sentence where there is none for a stream. */
export function streamFormat(name: string): LogFormat {
  const found =
    FORMATS.find(format => format.name === name && isForStreams(format)) ?? (name === "access" ? TEMP : undefined);
  if (found) return found;
  throw new SettingsError(`A stream can't be read as "${name}": its format is one of ${streamFormats().join(", ")}.`);
}

function isForStreams({ header, monthDay }: LogFormat): boolean {
  return !header && !monthDay;
}

const RE = String.raw`^(\\S+) \\S+ \\S+ \\[([^\\]]+)\\] "(\\S+) (\\S+) [^"]*" (\\d{3}) (\\d+|-) "([^"]*)" "([^"]*)"(?: (\\d+))?$`;
const TEMP: LogFormat = {
  name: "access",
  title: "",
  rule: "",
  begins: "",
  follows: "none",
  parts: raw =>
    `if(${raw} rlike '${RE}', split(regexp_replace(${raw}, '${RE}', '$1\\u0001$2\\u0001$3\\u0001$4\\u0001$5\\u0001$6\\u0001$9'), '\\u0001'), null)`,
  columns: p => ({
    ip: `${p}[0]`,
    time: `try_to_timestamp(${p}[1], 'dd/MMM/yyyy:HH:mm:ss Z')`,
    method: `${p}[2]`,
    endpoint: `split_part(${p}[3], '?', 1)`,
    status: `try_cast(${p}[4] as int)`,
    bytes: `try_cast(${p}[5] as bigint)`,
    seconds: `try_cast(${p}[6] as double) / 1000`,
    level: `case when ${p}[4] >= '500' then 'error' when ${p}[4] >= '400' then 'warn' else 'info' end`,
  }),
};
