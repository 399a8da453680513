import { located } from "../../formats/logs/addresses.ts";
import type { LogFormat } from "../../formats/logs/format.ts";
import { parsedColumns, parsedText } from "../../formats/logs/parse.ts";

/** The name under which both queries read the topic. */
export const SOURCE = "topic_lines";

/** The columns of a stream's table, in order. A proof counts by the first three, and days of the fourth are partitions. */
export const COLUMNS = `topic string, partition int, offset bigint, kafka_time timestamp, raw string,
  ip string, ip_class string, country string, time timestamp, method string, endpoint string, status int, bytes bigint,
  seconds double, service string, level string`;

/** Those of the table of bad lines. */
export const BAD_COLUMNS = "topic string, partition int, offset bigint, kafka_time timestamp, raw string";

/** The lines that have the format, taken apart, as the text of a SELECT. What nobody asks for later is left out. */
export function goodLines(format: LogFormat, reference: string, source = RAW): string {
  const found = parsedColumns(format, "__parts", { timeZone: "UTC" });
  const given = FOUND.map(([name, type]) => `${found[name] ?? `cast(null as ${type})`} as ${name}`).join(", ");
  const lines = `select * except (__good, __task) from (${judged(format, given, source)}) where __good and __task >= 0`;
  return `select ${KEPT}, ip, ip_class, country, ${FOUND.slice(1)
    .map(([name]) => name)
    .join(", ")}
    from (${located(lines, { table: reference })})`;
}

/** The other lines, as they came. */
export function badLines(format: LogFormat, source = RAW): string {
  return `select ${KEPT} from (${judged(format, "", source)}) where not __good and __task >= 0`;
}

/**
 * Lines with what is found in them and whether that is all there must be. Spark would ask a condition before it takes lines
 * apart, and take each apart anew for every part that the condition names, ten times and more; it leaves one alone that
 * needs the number of its task.
 */
function judged(format: LogFormat, given: string, source: string): string {
  const time = format.columns("__parts", { timeZone: "UTC" }).time ?? "cast(null as timestamp)";
  return `select ${KEPT}, ${given === "" ? "" : `${given}, `}coalesce(${format.understood("__parts", `(${time})`)}, false) as __good,
      spark_partition_id() as __task
    from (select *, ${format.parts(parsedText(format))} as __parts from (${source}))`;
}

const KEPT = "topic, partition, offset, kafka_time, raw";

// The table of the addresses comes between the first and the rest.
const FOUND = [
  ["ip", "string"],
  ["time", "timestamp"],
  ["method", "string"],
  ["endpoint", "string"],
  ["status", "int"],
  ["bytes", "bigint"],
  ["seconds", "double"],
  ["service", "string"],
  ["level", "string"],
] as const;

// A line's ends may hold a line feed or a carriage return of whoever sent it. A message without a value is an empty line.
const RAW = `select topic, partition, offset, timestamp as kafka_time,
  coalesce(trim(both ' \\t\\r\\n' from cast(value as string)), '') as raw from ${SOURCE}`;
