import { accessSync, constants, existsSync, statfsSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { run } from "./child.mjs";
import { needs, PROJECT, readEnvironment } from "./environment.mjs";
import { SetupError } from "./failure.mjs";
import { cacheLayout } from "./layout.mjs";
import { STAMP } from "./once.mjs";
import { findJava } from "./parts/java.mjs";
import { withoutModules } from "./parts/packages.mjs";
import { findInstaller } from "./parts/pip.mjs";

/** @typedef {Record<string, string | undefined> & { CACHE_DIR: string }} Environment */
/** @typedef {{ name: string, ok: boolean, description: string }} Finding */

const PACKAGES_MB = 800;
const CACHE_MB = 1500;

/**
 * Says what a clone needs that is not installed yet, a sentence each. Changes nothing.
 * @returns {Promise<number>} the exit code: 1 where something is missing
 */
export async function examineClone(environment = readEnvironment()) {
  const missing = missingParts(environment);
  const findings = [
    { name: "node", ok: true, description: `v${process.versions.node}` },
    await packages(environment),
    ...(await python(environment, missing)),
    ...(await java(environment)),
    ...writable("project", PROJECT, PACKAGES_MB),
    ...(missing.length > 0 ? writable("CACHE_DIR", environment.CACHE_DIR, CACHE_MB) : []),
  ];
  for (const { name, ok, description } of findings) console.log(`${ok ? "✓" : "✕"}  ${name.padEnd(14)}${description}`);
  const wrong = findings.filter(({ ok }) => !ok).length;
  console.log(`\n${wrong === 1 ? "1 thing needs" : `${wrong} things need`} mending.`);
  return wrong > 0 ? 1 : 0;
}

/** @param {Environment} environment */
async function packages(environment) {
  const env = { ...environment, PATH: withoutModules(environment.PATH ?? "") };
  const { code } = await run("npm", ["--version"], { env });
  const description =
    code === 0
      ? "are not installed yet: run `npm start`, which installs all that is needed (in production `node setup.mjs --production`)."
      : "can't be installed, since there is no npm: install it (Debian: `apt-get install npm`).";
  return { name: "npm packages", ok: false, description };
}

// Which parts of the cache are needed and not there.
/** @param {Environment} environment */
function missingParts(environment) {
  const layout = cacheLayout(environment.CACHE_DIR);
  const needed = needs(environment, []);
  return /** @type {const} */ (["spark", "jars", "hdfs", "duckdb", "azurite"]).filter(
    part => needed[part] && !existsSync(`${layout[part]}/${STAMP}`),
  );
}

/**
 * @param {Environment} environment
 * @param {string[]} missing
 * @returns {Promise<Finding[]>}
 */
async function python(environment, missing) {
  const isJavaMissing = needs(environment, []).java && !(await findJava(environment));
  if (!isJavaMissing && !missing.some(part => part === "spark" || part === "duckdb")) return [];
  try {
    const { python, way } = await findInstaller(environment);
    return [{ name: "python", ok: true, description: `${python}, with ${way}` }];
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    return [{ name: "python", ok: false, description: error.message }];
  }
}

/**
 * @param {Environment} environment
 * @returns {Promise<Finding[]>}
 */
async function java(environment) {
  if (!needs(environment, []).java) return [];
  const found = await findJava(environment);
  if (found) return [{ name: "java", ok: true, description: found }];
  const { JAVA_HOME } = environment;
  const description = JAVA_HOME
    ? `JAVA_HOME=${JAVA_HOME} is no Java 17 or newer: correct it, or take it out of the environment.`
    : "There is no Java 17 or newer on the PATH: the set-up brings one of its own through pip, or install one (Debian: `apt-get install default-jre-headless`).";
  return [{ name: "java", ok: !JAVA_HOME, description }];
}

/**
 * Whether a folder, or the one in which it will be made, can be written, and has room.
 * @param {string} name
 * @param {string} folder
 * @param {number} needed
 * @returns {Finding[]}
 */
function writable(name, folder, needed) {
  const remedy = name === "CACHE_DIR" ? "set CACHE_DIR in .env to a folder of your own" : "give it to your own user";
  const existing = nearest(folder);
  try {
    if (!statSync(existing).isDirectory()) throw new Error(`${existing} is no folder`);
    accessSync(existing, constants.W_OK | constants.X_OK);
  } catch (error) {
    const reason = /** @type {Error} */ (error).message;
    return [{ name, ok: false, description: `${folder} can't be written (${reason}): ${remedy}.` }];
  }
  const { bavail, bsize } = statfsSync(existing);
  const free = Math.floor((bavail * bsize) / 1e6);
  const isEnough = free >= needed;
  const description = isEnough
    ? `${folder} can be written, ${free} MB are free`
    : `Only ${free} MB are free for ${folder}, and ${needed} MB are needed: make room${name === "CACHE_DIR" ? `, or ${remedy}` : ""}.`;
  return [{ name, ok: isEnough, description }];
}

/** @param {string} path */
function nearest(path) {
  let folder = path;
  while (!existsSync(folder) && dirname(folder) !== folder) folder = dirname(folder);
  return folder;
}
