import { existsSync } from "node:fs";
import { join } from "node:path";
import { isPacked, needs, PROJECT, readEnvironment } from "./environment.mjs";
import { cacheLayout } from "./layout.mjs";
import { STAMP } from "./once.mjs";
import { PARTS } from "./parts/about.mjs";
import { ensureAzurite } from "./parts/azurite.mjs";
import { ensureClasses } from "./parts/classes.mjs";
import { ensureDriver } from "./parts/driver.mjs";
import { ensureHdfs, ensureHive, ensureJars, ensureKafka, ensureYarn } from "./parts/jars.mjs";
import { ensureJava } from "./parts/java.mjs";
import { ensurePackages } from "./parts/packages.mjs";
import { ensureDuckdb, ensureGrammar, ensureSpark } from "./parts/python.mjs";
import { endReport, expectParts, reportTo } from "./report.mjs";

/**
 * Makes everything ready that a start or a test run needs. `packages` ends with npm's, on which the portal runs; `all` with
 * the rest. What pip, Ivy and npm bring comes side by side. Meanwhile a file below LAPTOP_DIR says how far it is.
 * @param {string[]} flags
 * @returns {{ packages: Promise<void>, all: Promise<void> }}
 */
export function install(flags) {
  const environment = readEnvironment();
  // An archive of `npm run pack` has all that a production install has, and stays one.
  const given = [...flags, ...(isPacked() ? ["--production"] : [])];
  const needed = needs(environment, given);
  reportTo(environment.LAPTOP_DIR);
  expectParts(awaited(environment, needed));
  const cache = async () => {
    await all(needed.spark && ensureSpark(environment), needed.java && ensureJava(environment));
    // By the Ivy that Spark brings along. The classes of a Spark of the user's own are left alone.
    await all(
      needed.jars && ensureJars(environment),
      needed.hdfs && ensureHdfs(environment),
      needed.kafka && ensureKafka(environment),
      needed.hive && ensureHive(environment),
      needed.yarn && ensureYarn(environment),
    );
    if (needed.classes) await ensureClasses(environment);
  };
  const packages = ensurePackages(environment, PROJECT, { production: given.includes("--production") });
  const rest = all(
    packages.then(ensureDriver),
    cache(),
    needed.azurite && ensureAzurite(environment),
    needed.grammar && ensureGrammar(environment),
    needed.duckdb && ensureDuckdb(environment),
  );
  return { packages, all: rest.finally(endReport) };
}

/**
 * The parts of the cache that are needed and not there; the others say themselves when they begin.
 * @param {{ CACHE_DIR: string }} environment
 * @param {ReturnType<typeof needs>} needed
 */
function awaited({ CACHE_DIR }, needed) {
  const layout = cacheLayout(CACHE_DIR);
  const isMissing = (/** @type {keyof typeof layout} */ name) => !existsSync(join(layout[name], STAMP));
  const { spark, hdfs, kafka, classes, azurite, duckdb } = PARTS;
  return [
    ...(needed.spark && isMissing("spark") ? [spark()] : []),
    ...(needed.jars && needed.spark && isMissing("jars") ? [PARTS.jars] : []),
    ...(needed.azurite && isMissing("azurite") ? [azurite] : []),
    ...(needed.duckdb && isMissing("duckdb") ? [duckdb()] : []),
    ...(needed.kafka && isMissing("kafka") ? [kafka] : []),
    ...(needed.hdfs && isMissing("hdfs") ? [hdfs] : []),
    ...(needed.classes && isMissing("classes") ? [classes] : []),
  ];
}

/**
 * Waits for all, also where one fails: what the others have downloaded is there for the next try.
 * @param {(Promise<unknown> | false)[]} works
 */
async function all(...works) {
  const failed = (await Promise.allSettled(works)).find(({ status }) => status === "rejected");
  if (failed) throw /** @type {PromiseRejectedResult} */ (failed).reason;
}
