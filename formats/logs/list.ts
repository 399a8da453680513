import type { LogFormat } from "./format.ts";
import { access, envoy, haproxy, loadBalancer, s3Access, squid } from "./formats/access.ts";
import { klog, WRAPPERS } from "./formats/containers.ts";
import { mysqlError, postgres, postgresCsv, redis } from "./formats/databases.ts";
import {
  airflow,
  collection,
  elasticsearch,
  hadoop,
  kafka,
  spark,
  springBoot,
  threadFirst,
  utilLogging,
  zookeeper,
} from "./formats/java.ts";
import { journaldExport, journaldFull } from "./formats/journald.ts";
import { jsonLines, sparkJson } from "./formats/json.ts";
import {
  dotnetConsole,
  envLogger,
  logfmt,
  monolog,
  nest,
  rails,
  ruby,
  serilog,
  tracing,
  zapConsole,
} from "./formats/languages.ts";
import { celery, django, gunicorn, loguru, pythonLogging, structlog, uvicorn } from "./formats/python.ts";
import { clockOnly, levelFirst, stamped } from "./formats/stamped.ts";
import { clusterSyslog, syslog3164, syslog5424, syslogIso } from "./formats/syslog.ts";
import {
  android,
  auditd,
  blueGene,
  dmesg,
  hdfsOld,
  healthApp,
  hpc,
  nagios,
  openstack,
  proxifier,
  windowsCbs,
} from "./formats/systems.ts";
import { apacheError, nginxError } from "./formats/web-errors.ts";

/** All formats that files are tried against, the narrow ones first; CSV and others depend on the file's own first lines. */
export const FORMATS: readonly LogFormat[] = [
  ...[access, loadBalancer, s3Access, haproxy, envoy, squid, nginxError, apacheError, auditd, nagios],
  ...[syslog5424, syslogIso, syslog3164, journaldFull, journaldExport, clusterSyslog, blueGene, hpc, hdfsOld, android],
  ...[
    spark,
    zookeeper,
    openstack,
    springBoot,
    threadFirst,
    hadoop,
    kafka,
    elasticsearch,
    airflow,
    utilLogging,
    klog,
    collection,
  ],
  ...[postgres, postgresCsv, mysqlError, redis, gunicorn, celery, django, pythonLogging, loguru, structlog, monolog],
  ...[
    nest,
    ruby,
    rails,
    envLogger,
    tracing,
    serilog,
    zapConsole,
    dotnetConsole,
    uvicorn,
    windowsCbs,
    healthApp,
    proxifier,
  ],
  ...[dmesg, logfmt, sparkJson, jsonLines, stamped, clockOnly, levelFirst],
];

/** What a job may name beside the formats themselves: families, of which each file's own is found. */
const FAMILIES: Readonly<Record<string, readonly string[]>> = {
  csv: ["csv", "postgres-csv"],
  w3c: ["w3c"],
  syslog: ["syslog-3164", "syslog-5424", "syslog-iso", "journald-full", "cluster-syslog"],
  spark: ["spark", "spark-json"],
  hadoop: ["hadoop", "zookeeper", "hdfs", "log4j-thread"],
  json: ["json", "spark-json"],
  mysql: ["mysql-error", "mysql-slow"],
  postgresql: ["postgres", "postgres-csv"],
  "mysql-slow": ["mysql-slow"],
  "oracle-alert": ["oracle-alert"],
  ...Object.fromEntries(WRAPPERS.map(({ name }) => [name, [name]])),
};

/** All that a job may name. */
export const NAMES: readonly string[] = [
  ...new Set([...Object.keys(FAMILIES), ...FORMATS.map(format => format.name)]),
].sort();

/** The names of the formats that a word stands for. */
export function formatsOf(word: string): readonly string[] {
  return FAMILIES[word] ?? [word];
}
