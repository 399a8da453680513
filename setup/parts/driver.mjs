import { existsSync, mkdirSync, renameSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, dirname, join } from "node:path";
import { driverFile } from "../layout.mjs";
import { showDone, showStep } from "../progress.mjs";
import { PARTS } from "./about.mjs";

// Logins of machines in a cloud, and files that go through a stage: half of what the driver loads, and nothing that is used here.
const LEFT_OUT = /^(@aws-sdk\/|@smithy\/|@azure\/|google-auth-library$)/;

/**
 * Puts Snowflake's driver into one file, which a job loads in a third of the time that its 700 take. It is only for speed:
 * where it can't be made, the driver is loaded as npm has installed it.
 */
export async function ensureDriver() {
  const file = driverFile();
  if (existsSync(file)) return;
  const began = Date.now();
  const folder = dirname(file);
  try {
    mkdirSync(folder, { recursive: true });
    await showStep(PARTS.driver, folder, () => bundle(file));
    showDone(TITLE, folder, began);
  } catch (error) {
    console.warn(`  ${TITLE} could not be made, so it loads slower: ${/** @type {Error} */ (error).message}`);
  }
}

const TITLE = PARTS.driver.title;

/** @param {string} file */
async function bundle(file) {
  // Installed only now, perhaps.
  const { build } = await import("esbuild");
  const staged = join(dirname(file), `${process.pid}-${basename(file)}`);
  await build({
    entryPoints: [createRequire(import.meta.url).resolve("snowflake-sdk")],
    outfile: staged,
    ...{ bundle: true, platform: "node", format: "cjs", logLevel: "silent" },
    // Names stay: errors carry those of their classes.
    ...{ minifyWhitespace: true, minifySyntax: true, legalComments: "none" },
    plugins: [leavingOut],
  });
  renameSync(staged, file);
}

/** @type {import("esbuild").Plugin} */
const leavingOut = {
  name: "leaving-out",
  setup(build) {
    build.onResolve({ filter: LEFT_OUT }, ({ path, importer }) =>
      importer.includes("snowflake-sdk") ? { path, namespace: "left-out" } : undefined,
    );
    build.onLoad({ filter: /.*/, namespace: "left-out" }, ({ path }) => ({ contents: refusing(path) }));
  },
};

// Loads, and says what it is as soon as it is used.
/** @param {string} name */
function refusing(name) {
  return `module.exports = new Proxy({}, { get(_, member) {
    if (typeof member === "symbol" || member === "__esModule") return undefined;
    return function () { throw new Error(${JSON.stringify(name)} + " is left out of this driver: setup/parts/driver.mjs says why."); };
  } });`;
}
