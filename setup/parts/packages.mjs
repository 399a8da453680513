import { existsSync, readFileSync } from "node:fs";
import { delimiter, join, sep } from "node:path";
import { run } from "../child.mjs";
import { PROJECT } from "../environment.mjs";
import { installFailed, SetupError } from "../failure.mjs";
import { showDone, showStep } from "../progress.mjs";
import { PARTS } from "./about.mjs";

/**
 * Installs the npm packages unless node_modules already holds exactly what the lock file says.
 * @param {Record<string, string | undefined>} environment
 * @param {string} [project]
 * @param {{ production?: boolean }} [options] `production`: without those that only the laptop and the tests need
 */
export async function ensurePackages(environment, project = PROJECT, { production = false } = {}) {
  const modules = join(project, "node_modules");
  if (isInstalled(project, production)) return;
  const began = Date.now();
  const env = { ...environment, PATH: withoutModules(environment.PATH ?? "") };
  await showStep(PARTS.packages, modules, async () => {
    const words = ["ci", production ? "--omit=dev" : "--include=dev", "--no-audit", "--no-fund"];
    const { code, output } = await run("npm", words, { env, cwd: project });
    if (code !== 0) throw installFailed("The npm packages", "npm", output);
    if (!existsSync(join(modules, ".bin", "node")))
      throw new SetupError(
        "Node 24 was not installed: npm ran no install script of the package `node`. Run `npm rebuild node --ignore-scripts=false`, then the same command again.",
      );
  });
  showDone(PARTS.packages.title, modules, began);
}

/**
 * npm keeps a copy of the lock file of what it installed; no stamp of our own can be truer.
 * @param {string} project
 * @param {boolean} [production]
 */
export function isInstalled(project, production = false) {
  const wanted = readLock(join(project, "package-lock.json"));
  const present = readLock(join(project, "node_modules", ".package-lock.json"));
  if (!wanted || !present || !existsSync(join(project, "node_modules", ".bin", "node"))) return false;
  const names = Object.keys(wanted).filter(name => name !== "");
  // A package for another platform is in the lock file alone.
  return names.every(name => {
    const { integrity, optional, dev, devOptional } = wanted[name] ?? {};
    if (present[name]) return present[name].integrity === integrity;
    return optional === true || (production && (dev || devOptional) === true);
  });
}

/**
 * @param {string} path
 * @returns {Record<string, { integrity?: string, optional?: boolean, dev?: boolean, devOptional?: boolean }> | undefined}
 */
function readLock(path) {
  return existsSync(path) ? JSON.parse(readFileSync(path, "utf8")).packages : undefined;
}

/**
 * A PATH on which npm runs on the machine's own Node: `npm ci` removes node_modules, and the Node in it.
 * @param {string} path
 */
export function withoutModules(path) {
  return path
    .split(delimiter)
    .filter(folder => !folder.includes(`${sep}node_modules${sep}`))
    .join(delimiter);
}
