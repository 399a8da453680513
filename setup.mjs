// Makes everything ready that a start or a test run needs: runs on any Node from 20 on, without dependencies.
import { ensureClasses } from "./setup/classes.mjs";
import { ensureDriver } from "./setup/driver.mjs";
import { needs, readEnvironment } from "./setup/environment.mjs";
import { SetupError } from "./setup/failure.mjs";
import { ensureHdfs, ensureJars, ensureKafka } from "./setup/jars.mjs";
import { ensureJava } from "./setup/java.mjs";
import { ensurePackages } from "./setup/packages.mjs";
import { ensureDuckdb, ensureSpark } from "./setup/python.mjs";

try {
  const environment = readEnvironment();
  const needed = needs(environment, process.argv.slice(2));
  await ensurePackages(environment);
  await ensureDriver();
  if (needed.spark) await ensureSpark(environment);
  if (needed.java) await ensureJava(environment);
  // Those of a Spark of the user's own are left alone.
  if (needed.spark) await ensureClasses(environment);
  if (needed.jars) await ensureJars(environment);
  if (needed.hdfs) await ensureHdfs(environment);
  if (needed.kafka) await ensureKafka(environment);
  if (needed.duckdb) await ensureDuckdb(environment);
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  console.error(`\n${error.message}`);
  process.exitCode = 1;
}
