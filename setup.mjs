// Makes everything ready that a start or a test run needs: runs on any Node from 20 on, without dependencies.
import { ensureClasses } from "./setup/classes.mjs";
import { ensureDriver } from "./setup/driver.mjs";
import { isPacked, needs, PROJECT, readEnvironment } from "./setup/environment.mjs";
import { SetupError } from "./setup/failure.mjs";
import { ensureHdfs, ensureHive, ensureJars, ensureKafka, ensureYarn } from "./setup/jars.mjs";
import { ensureJava } from "./setup/java.mjs";
import { ensurePackages } from "./setup/packages.mjs";
import { ensureDuckdb, ensureGrammar, ensureSpark } from "./setup/python.mjs";

try {
  const environment = readEnvironment();
  // An archive of `npm run pack` has all that a production install has, and stays one.
  const flags = [...process.argv.slice(2), ...(isPacked() ? ["--production"] : [])];
  const needed = needs(environment, flags);
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
  const packages = async () => {
    await ensurePackages(environment, PROJECT, { production: flags.includes("--production") });
    await ensureDriver();
  };
  // Nothing that pip and Ivy bring waits for npm, nor npm for them.
  await all(
    packages(),
    cache(),
    needed.grammar && ensureGrammar(environment),
    needed.duckdb && ensureDuckdb(environment),
  );
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  console.error(`\n${error.message}`);
  process.exitCode = 1;
}

/**
 * Waits for all, also where one fails: what the others have downloaded is there for the next try.
 * @param {(Promise<void> | false)[]} works
 */
async function all(...works) {
  const failed = (await Promise.allSettled(works)).find(({ status }) => status === "rejected");
  if (failed) throw /** @type {PromiseRejectedResult} */ (failed).reason;
}
