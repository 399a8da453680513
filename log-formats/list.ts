import type { LogFormat } from "./format.ts";
import { access } from "./formats/access.ts";
import { apacheError } from "./formats/apache-error.ts";
import { jsonLines, sparkJson } from "./formats/json.ts";
import { hadoop, spark, zookeeper } from "./formats/log4j.ts";
import { stamped } from "./formats/stamped.ts";
import { syslog3164, syslogIso } from "./formats/syslog.ts";
import { syslog5424 } from "./formats/syslog-5424.ts";

/** All formats that files are tried against, the narrow ones first; CSV depends on the file's own first line. */
export const FORMATS: readonly LogFormat[] = [
  access,
  apacheError,
  syslog5424,
  syslogIso,
  syslog3164,
  spark,
  zookeeper,
  hadoop,
  sparkJson,
  jsonLines,
  stamped,
];

/** What a job may name beside the formats themselves: families, of which each file's own is found. */
const FAMILIES: Readonly<Record<string, readonly string[]>> = {
  csv: ["csv"],
  syslog: ["syslog-3164", "syslog-5424", "syslog-iso"],
  spark: ["spark", "spark-json"],
  hadoop: ["hadoop", "zookeeper"],
  json: ["json", "spark-json"],
};

/** All that a job may name. */
export const NAMES: readonly string[] = [
  ...new Set([...Object.keys(FAMILIES), ...FORMATS.map(format => format.name)]),
].sort();

/** The names of the formats that a word stands for. */
export function formatsOf(word: string): readonly string[] {
  return FAMILIES[word] ?? [word];
}
