import { copyFileSync } from "node:fs";
import { basename, join } from "node:path";
import { run } from "../child.mjs";
import { installFailed } from "../failure.mjs";
import { AZURITE_FILES, cacheLayout } from "../layout.mjs";
import { once } from "../once.mjs";
import { PARTS } from "./about.mjs";
import { withoutModules } from "./packages.mjs";

/**
 * Azurite, once for all clones: with what it brings along it is three in five of all files that npm would install, and only
 * the laptop stack starts it.
 * @param {Record<string, string | undefined> & { CACHE_DIR: string }} environment
 * @returns {Promise<string>} the folder of its package
 */
export async function ensureAzurite(environment) {
  const { azurite } = cacheLayout(environment.CACHE_DIR);
  await once(PARTS.azurite, azurite, async staging => {
    for (const file of AZURITE_FILES) copyFileSync(file, join(staging, basename(file)));
    const env = { ...environment, PATH: withoutModules(environment.PATH ?? "") };
    const options = ["--omit=dev", "--ignore-scripts", "--no-audit", "--no-fund"];
    const { code, output } = await run("npm", ["ci", ...options], { env, cwd: staging });
    if (code !== 0) throw installFailed(PARTS.azurite.title, "npm", output);
  });
  return join(azurite, "node_modules", "azurite");
}
