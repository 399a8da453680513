import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { CLASS_ARCHIVE, cacheLayout, jarsLayout, pinned, sparkVersionOf } from "../setup/layout.mjs";
import { findJava } from "../setup/parts/java.mjs";
import { type Settings, SettingsError } from "./settings.ts";

/** The Spark of our own that `setup.mjs` has installed, or that the settings name. */
export interface Installed {
  sparkHome: string;
  sparkVersion: string;
  java: string;
  /** The jars beside Spark's own. */
  jars: string[];
  /** Spark's classes in the form that Java loads fastest. */
  classArchive?: string;
}

/** Finds what a Spark server of our own needs, or says what is missing and how it comes. */
export async function findInstalled(
  settings: Pick<Settings, "CACHE_DIR" | "SPARK_HOME">,
  environment = process.env,
): Promise<Installed> {
  const cache = cacheLayout(settings.CACHE_DIR);
  const sparkHome = settings.SPARK_HOME ?? join(cache.spark, "pyspark");
  const java = await findJava({ ...environment, CACHE_DIR: settings.CACHE_DIR });
  if (!existsSync(join(sparkHome, "jars"))) throw missing(`Spark (${join(sparkHome, "jars")})`);
  const sparkVersion = sparkVersionOf(sparkHome) ?? pinned("pyspark");
  const ours = jarsLayout(settings.CACHE_DIR, sparkVersion)?.folder;
  if (!ours) throw new SettingsError(`SPARK_HOME=${sparkHome} is Spark ${sparkVersion}; it has to be 4.0 or 4.1.`);
  if (!existsSync(ours)) throw missing(`the Iceberg jars (${ours})`);
  if (!java) throw missing("Java 17 or newer");
  const jars = readdirSync(ours).filter(name => name.endsWith(".jar"));
  const classArchive = join(cache.classes, CLASS_ARCHIVE);
  return {
    ...{ sparkHome, sparkVersion, java, jars: jars.map(name => join(ours, name)) },
    ...(!settings.SPARK_HOME && existsSync(classArchive) && { classArchive }),
  };
}

function missing(what: string): SettingsError {
  return new SettingsError(`Not installed: ${what}. Run \`node setup.mjs\`, which installs what is missing.`);
}
