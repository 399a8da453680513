import { pinned } from "../layout.mjs";

/** @typedef {import("../report.mjs").Part} Part */

/**
 * A part that comes from a registry.
 * @param {string} title
 * @param {string} neededFor
 * @param {number} [megabytes]
 * @returns {Part}
 */
export function download(title, neededFor, megabytes) {
  return { kind: "download", title, neededFor, ...(megabytes && { megabytes }) };
}

const TESTS = "the tests";

/** What each part is called, what can't be done without it, and what lies on the disk before it is tidied up. */
export const PARTS = {
  packages: download("npm packages", "the portal, the worker and every job", 830),
  driver: download("Snowflake's driver in one file", "quicker registrations in Snowflake"),
  spark: () => download(`Spark ${pinned("pyspark")}`, "every job that reads or writes tables", 950),
  java: download("Java 17", "Spark", 100),
  jars: download("Jars beside Spark", "Iceberg, Hive and Azure in Spark", 92),
  classes: download("Spark's classes for a quick start", "quicker starts of Spark", 153),
  azurite: download("Azurite", "copies to the laptop's Azure Blob", 200),
  duckdb: () =>
    download(`DuckDB extensions ${pinned("duckdb-extension-iceberg")}`, "registrations in the laptop's Snowflake", 109),
  kafka: download("A small Kafka", "streams", 88),
  hdfs: download("Hadoop for a small HDFS", "scripts in HDFS", 60),
  hive: download("A small Hive for the tests", TESTS),
  yarn: download("A small YARN for the tests", TESTS),
  grammar: () => download(`sqlglot ${pinned("sqlglot")}`, TESTS),
};
