import { sparkLiteral } from "../../../connectors/iceberg/names.ts";
import { parseJson } from "../../../core/jobs/parse/json.ts";
import type { LogFormat } from "../format.ts";
import type { Wrapper } from "../reading/wrapped.ts";
import { anyTime } from "../times/any-time.ts";
import { yearless } from "../times/years.ts";

const CRI = String.raw`^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+(?:Z|[+-]\d\d:\d\d)) (?:stdout|stderr) [FP] ?(.*)$`;
const COMPOSE = String.raw`^([\w.-]{1,80}?[-_]\d+|[\w.-]{1,80}) +\| (.*)$`;
const POD = String.raw`^\[pod/([\w.-]+)/([\w.-]+)\] (.*)$`;
const COLOUR = String.raw`\x1b\[[\d;?]*[A-Za-z]`;

function plain(text: string): string {
  return `regexp_replace(${text}, ${sparkLiteral(COLOUR)}, '')`;
}

/** Docker's json-file: `{"log": …, "stream": …, "time": …}`. */
const docker: Wrapper = {
  name: "docker",
  title: "Docker json-file",
  sql: raw =>
    `if(startswith(${raw}, '{') and contains(${raw}, '"log"'), ${plain(`rtrim('\\n\\r', from_json(${raw}, 'log string').log)`)}, null)`,
  line: raw => {
    try {
      const { log, time } = raw.startsWith("{") ? (parseJson(raw) as Record<string, unknown>) : {};
      return typeof log === "string" && typeof time === "string" ? log.replace(/[\r\n]+$/, "") : undefined;
    } catch {
      return undefined;
    }
  },
  time: raw => anyTime(`from_json(${raw}, 'time string').time`, "UTC"),
  // A line of more than 16 KB is written as several objects; only the last of them ends with a line break.
  parted: {
    open: raw =>
      `if(startswith(${raw}, '{"log":"') and not contains(${raw}, '\\\\n","stream"'), ${group(raw, '"stream":"(stdout|stderr)"')}, null)`,
    stream: raw => group(raw, '"stream":"(stdout|stderr)"'),
    piece: raw => `substr(${before(raw)}, 9)`,
    joined: (raw, pieces) => `concat(${before(raw)}, ${pieces}, substr(${raw}, length(${before(raw)}) + 1))`,
  },
};

function group(raw: string, source: string): string {
  return `nullif(regexp_extract(${raw}, ${sparkLiteral(source)}, 1), '')`;
}

function before(raw: string): string {
  return `substring_index(${raw}, '","stream"', 1)`;
}

/** The files of containerd and CRI-O: time, stream, F or P (a part of a line), text. */
const cri: Wrapper = {
  ...pieces("cri", "Kubernetes (CRI)", CRI, 2, { time: 1 }),
  parted: {
    open: raw => group(raw, String.raw`^\S+ (stdout|stderr) P `),
    stream: raw => group(raw, String.raw`^\S+ (stdout|stderr) [FP]`),
    piece: raw => `regexp_extract(${raw}, ${sparkLiteral(CRI)}, 2)`,
    joined: (raw, rest) => `concat(${raw}, ${rest})`,
  },
};

/** What docker compose puts in front: the container's name and a bar. */
const compose: Wrapper = pieces("compose", "docker compose", COMPOSE, 2, { service: 1 });

/** kubectl logs --prefix. */
const pod: Wrapper = pieces("kubectl", "kubectl logs --prefix", POD, 3, { host: 1, service: 2 });

/** Colours of a terminal; nothing but text is left. */
export const coloured: Wrapper = {
  name: "coloured",
  title: "with colours",
  sql: raw => `if(contains(${raw}, chr(27)), regexp_replace(${raw}, ${sparkLiteral(COLOUR)}, ''), ${raw})`,
  line: raw => raw.replaceAll(new RegExp(COLOUR, "g"), ""),
};

/** All that names its lines' time or place. */
export const WRAPPERS: readonly Wrapper[] = [docker, cri, compose, pod];

function pieces(
  name: string,
  title: string,
  source: string,
  text: number,
  { time, host, service }: { time?: number; host?: number; service?: number },
): Wrapper {
  const pattern = new RegExp(source);
  const inner = (raw: string) => `regexp_extract(${raw}, ${sparkLiteral(source)}, ${text})`;
  const group = (raw: string, index: number) => `nullif(regexp_extract(${raw}, ${sparkLiteral(source)}, ${index}), '')`;
  return {
    ...{ name, title },
    sql: raw => `if(${raw} rlike ${sparkLiteral(source)}, ${plain(inner(raw))}, null)`,
    line: raw => pattern.exec(raw)?.[text],
    time: raw => (time ? anyTime(group(raw, time), "UTC") : "cast(null as timestamp)"),
    ...(host && { host: (raw: string) => group(raw, host) }),
    ...(service && { service: (raw: string) => group(raw, service) }),
  };
}

/** klog of Kubernetes and glog of Impala, Kudu and others: a letter, the day, the thread, the place in the source. */
export const klog: LogFormat = yearless({
  name: "klog",
  title: "klog, glog (Kubernetes, Impala)",
  line: String.raw`(?<level>[IWEF])(?<yearGiven>\d{4}(?=\d{4} ))?(?<month>\d\d)(?<day>\d\d) (?<time>\d\d:\d\d:\d\d\.\d+) +\d+ (?<service>[^\s:\]]+):\d+\] ?`,
  follows: "all",
});
