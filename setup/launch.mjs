// Starts a program of the project on the project's own Node: `node setup/launch.mjs cli/job.ts list`. Runs on any Node from
// 20 on, without dependencies; the npm packages are installed first where a clone has none.
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { PROJECT, readEnvironment } from "./environment.mjs";
import { SetupError } from "./failure.mjs";
import { OWN_NODE, runOnOwnNode } from "./own-node.mjs";
import { ensurePackages } from "./parts/packages.mjs";

// The first Node that runs TypeScript as this project writes it.
const OLDEST = 24;
const [program = "", ...words] = process.argv.slice(2);
const script = resolve(PROJECT, program);

try {
  const isReady = existsSync(OWN_NODE) && existsSync(join(PROJECT, "node_modules", ".package-lock.json"));
  if (!isReady) await install();
  const [major] = process.versions.node.split(".");
  if (isReady && Number(major) >= OLDEST) await runHere();
  else runOnOwnNode(script, words);
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  console.error(`\n${error.message}`);
  process.exitCode = 1;
}

async function install() {
  console.error(
    "This clone is not set up yet: its npm packages are installed first. `npm start` installs all the rest.",
  );
  await ensurePackages(readEnvironment());
}

async function runHere() {
  process.argv.splice(1, 2, script);
  try {
    await import(pathToFileURL(script).href);
  } catch (error) {
    const { code, message } = /** @type {NodeJS.ErrnoException} */ (error);
    if (code !== "ERR_MODULE_NOT_FOUND" || !/Cannot find package/.test(message)) throw error;
    throw new SetupError(
      "The npm packages are older than the project: run `node setup.mjs`, then the same command again.",
    );
  }
}
