import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { run } from "../child.mjs";
import { installFailed, SetupError } from "../failure.mjs";
import {
  cacheLayout,
  HDFS_IVY_FILE,
  HIVE_IVY_FILE,
  IVY_FILE,
  jarsLayout,
  KAFKA_IVY_FILE,
  metastoreLayout,
  NESSIE_IVY_FILE,
  pinned,
  sparkVersionOf,
  YARN_IVY_FILE,
} from "../layout.mjs";
import { once } from "../once.mjs";
import { trustOptions } from "../trust.mjs";
import { download, PARTS } from "./about.mjs";
import { findJava } from "./java.mjs";

const WANTED = "SPARK_HOME must be a Spark 4.0 or 4.1";

/**
 * The jars beside Spark, of which its version decides, and those of a small HDFS and a small Kafka, which are none of Spark's business.
 * @param {Record<string, string | undefined> & { CACHE_DIR: string }} environment
 */
export async function ensureJars(environment) {
  const { SPARK_HOME: home, CACHE_DIR } = environment;
  const version = home ? sparkVersionOf(home) : pinned("pyspark");
  const layout = version && jarsLayout(CACHE_DIR, version);
  if (!layout) throw new SetupError(`${home} holds ${version ? `Spark ${version}` : "no Spark"}: ${WANTED}.`);
  await retrieve(PARTS.jars, layout.folder, layout.file, environment);
}

/** @param {Record<string, string | undefined> & { CACHE_DIR: string }} environment */
export async function ensureHdfs(environment) {
  await retrieve(PARTS.hdfs, cacheLayout(environment.CACHE_DIR).hdfs, HDFS_IVY_FILE, environment);
}

/** @param {Record<string, string | undefined> & { CACHE_DIR: string }} environment */
export async function ensureKafka(environment) {
  await retrieve(PARTS.kafka, cacheLayout(environment.CACHE_DIR).kafka, KAFKA_IVY_FILE, environment);
}

/** @param {Record<string, string | undefined> & { CACHE_DIR: string }} environment */
export async function ensureHive(environment) {
  await retrieve(PARTS.hive, cacheLayout(environment.CACHE_DIR).hive, HIVE_IVY_FILE, environment);
}

/** @param {Record<string, string | undefined> & { CACHE_DIR: string }} environment */
export async function ensureYarn(environment) {
  await retrieve(PARTS.yarn, cacheLayout(environment.CACHE_DIR).yarn, YARN_IVY_FILE, environment);
}

/**
 * A Hive Metastore for the tests on a cluster, which ask for it themselves.
 * @param {Record<string, string | undefined> & { CACHE_DIR: string }} environment
 * @param {"3.1.3" | "4.0.1"} version
 * @returns {Promise<string>} the folder of its jars
 */
export async function ensureMetastore(environment, version) {
  const { folder, file } = metastoreLayout(environment.CACHE_DIR, version);
  await retrieve(download(`A Hive Metastore ${version} for the tests`, "the tests"), folder, file, environment);
  return folder;
}

/**
 * The server of Project Nessie for the tests on a cluster, which ask for it themselves.
 * @param {Record<string, string | undefined> & { CACHE_DIR: string }} environment
 * @returns {Promise<string>} its jar
 */
export async function ensureNessie(environment) {
  const { nessie } = cacheLayout(environment.CACHE_DIR);
  await retrieve(download("Project Nessie for the tests", "the tests"), nessie, NESSIE_IVY_FILE, environment);
  return join(nessie, pinnedJars(NESSIE_IVY_FILE)[0] ?? "");
}

/**
 * Downloads what a file pins, by the Ivy that Spark brings along.
 * @param {import("../report.mjs").Part} part
 * @param {string} folder
 * @param {string} file
 * @param {Record<string, string | undefined> & { CACHE_DIR: string }} environment
 */
async function retrieve(part, folder, file, environment) {
  const layout = cacheLayout(environment.CACHE_DIR);
  await once(part, folder, async (staging, note) => {
    const java = await findJava(environment);
    const work = join(staging, ".work");
    mkdirSync(work);
    const trust = java?.startsWith(layout.java) ? trustOptions(environment, join(work, "trust.jks")) : [];
    const ivy = findIvy(join(environment.SPARK_HOME ?? join(layout.spark, "pyspark"), "jars"));
    const jvm = [...proxyOptions(environment), ...trust];
    const ask = ["-cache", work, "-ivy", file, "-confs", "default"];
    const { code, output } = await run(
      java ?? "java",
      [...jvm, "-jar", ivy, ...ask, "-retrieve", join(staging, "[artifact]-[revision].[ext]")],
      { env: environment, onLine: line => note(/downloading \S*?([^/\s]+\.jar)/.exec(line)?.[1] ?? "") },
    );
    if (code !== 0 || !pinnedJars(file).every(name => existsSync(join(staging, name))))
      throw installFailed("A jar", "Ivy", output);
    rmSync(work, { recursive: true, force: true });
  });
}

/**
 * The file names of the jars that such a file asks for.
 * @param {string} [file]
 * @returns {string[]}
 */
export function pinnedJars(file = IVY_FILE) {
  const dependencies = readFileSync(file, "utf8").matchAll(/<dependency [^>]*name="([^"]+)" rev="([^"]+)"/g);
  return Array.from(dependencies, ([, name, version]) => `${name}-${version}.jar`);
}

/**
 * A JVM does not look at HTTPS_PROXY, which everything else here goes by.
 * @param {Record<string, string | undefined>} environment
 * @returns {string[]}
 */
export function proxyOptions(environment) {
  const proxy = environment.HTTPS_PROXY ?? environment.https_proxy;
  if (!proxy || !URL.canParse(proxy)) return [];
  const { hostname, port, protocol } = new URL(proxy);
  return [`-Dhttps.proxyHost=${hostname}`, `-Dhttps.proxyPort=${port || (protocol === "https:" ? "443" : "80")}`];
}

/** @param {string} folder */
function findIvy(folder) {
  const jar = readdirSync(folder).find(name => /^ivy-\d.*\.jar$/.test(name));
  if (!jar) throw new SetupError(`${folder} holds no Ivy: ${WANTED}.`);
  return join(folder, jar);
}
