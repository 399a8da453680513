import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { parseEnv } from "node:util";

/** The folder of the project. */
export const PROJECT = resolve(import.meta.dirname ?? new URL(".", import.meta.url).pathname, "..");

/** The folder in which an archive of `npm run pack` has Spark, its jars and Java. */
export const PACKED_CACHE = "cache";

/** Whether this project came out of such an archive. */
export function isPacked() {
  return existsSync(join(PROJECT, PACKED_CACHE));
}

/** The cache where nothing names another. */
export function defaultCache() {
  return isPacked() ? join(PROJECT, PACKED_CACHE) : join(homedir(), ".cache", "data-operations-portal");
}

/**
 * The environment with `.env` below it, as core/settings.ts reads them later: CACHE_DIR and LAPTOP_DIR always there and absolute.
 * @param {NodeJS.ProcessEnv} [environment]
 * @param {string} [file]
 * @returns {Record<string, string | undefined> & { CACHE_DIR: string, LAPTOP_DIR: string }}
 */
export function readEnvironment(environment = process.env, file = join(PROJECT, ".env")) {
  const written = existsSync(file) ? parseEnv(readFileSync(file, "utf8")) : {};
  const all = Object.fromEntries(Object.entries({ ...written, ...environment }).filter(([, value]) => value));
  return {
    ...all,
    CACHE_DIR: absolute(all.CACHE_DIR ?? defaultCache()),
    LAPTOP_DIR: absolute(all.LAPTOP_DIR ?? ".laptop"),
  };
}

/** @param {string} path */
function absolute(path) {
  return resolve(PROJECT, path.replace(/^~(?=\/)/, homedir()));
}

/**
 * What has to be installed: nothing for what the user's own settings name; tests always need all.
 * @param {Record<string, string | undefined>} environment
 * @param {string[]} flags
 */
export function needs(environment, flags) {
  const tests = flags.includes("--tests");
  const production = flags.includes("--production");
  // After the first jobs, so that a first start does not wait for it.
  const later = tests || flags.includes("--later");
  const ownSpark = tests || !environment.SPARK_REMOTE;
  const standIn = tests || (!production && !environment.SNOWFLAKE_ACCOUNT);
  const azurite = tests || (!production && !environment.AZURE_ACCOUNT);
  // laptop/plans.ts starts one in the same case.
  const noHdfs = environment.SPARK_MASTER || environment.WEBHDFS_URL || !/hdfs:/.test(environment.SCRIPTS_DIR ?? "");
  const hdfs = tests || (ownSpark && !noHdfs && !production);
  const kafka = later && (tests || (ownSpark && !environment.SPARK_MASTER && !environment.KAFKA_BROKERS));
  const spark = ownSpark && !environment.SPARK_HOME;
  return {
    ...{ spark, java: ownSpark, jars: ownSpark, classes: later && spark },
    ...{ hdfs, kafka, hive: tests, yarn: tests, grammar: tests, duckdb: standIn, azurite },
  };
}
