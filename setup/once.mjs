import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { basename, dirname, join } from "node:path";
import { installFailed, SetupError } from "./failure.mjs";
import { showDone, showStep } from "./progress.mjs";

/** Written last: a folder without it was not finished. */
export const STAMP = ".complete";

/**
 * Fills a folder once. The work is done in a folder beside it, which is then renamed: a run that was killed leaves
 * nothing half done, and of two that run at the same time one comes first and the other's work is dropped.
 * @param {string | import("./report.mjs").Part} part
 * @param {string} folder
 * @param {(staging: string, note: (text: string) => void) => Promise<void>} fill
 */
export async function once(part, folder, fill) {
  if (existsSync(join(folder, STAMP))) return;
  const began = Date.now();
  const staging = makeStaging(folder);
  const title = typeof part === "string" ? part : part.title;
  announce(dirname(folder));
  try {
    await showStep(part, staging, async note => {
      try {
        await fill(staging, note);
        writeFileSync(join(staging, STAMP), `${new Date().toISOString()}\n`);
        putInPlace(staging, folder);
      } catch (error) {
        if (/** @type {NodeJS.ErrnoException} */ (error).code === "ENOSPC")
          throw installFailed(title, "the set-up", String(error));
        throw error;
      }
    });
  } finally {
    rmSync(staging, { recursive: true, force: true });
  }
  showDone(title, folder, began);
}

let announced = false;

/** @param {string} cache */
function announce(cache) {
  if (announced) return;
  announced = true;
  console.log(`Setting up, once for all clones, in ${cache}`);
}

/** @param {string} folder */
function makeStaging(folder) {
  const staging = `${folder}.${hostname()}.${process.pid}.tmp`;
  try {
    mkdirSync(dirname(folder), { recursive: true });
    removeAbandoned(folder);
    mkdirSync(staging, { recursive: true });
  } catch (error) {
    const reason = /** @type {Error} */ (error).message;
    throw new SetupError(
      `The cache folder cannot be written (${reason}): set CACHE_DIR in .env to a folder of your own.`,
    );
  }
  return staging;
}

// What a killed run left behind on this machine.
/** @param {string} folder */
function removeAbandoned(folder) {
  const prefix = `${basename(folder)}.${hostname()}.`;
  for (const name of readdirSync(dirname(folder))) {
    if (!name.startsWith(prefix) || !name.endsWith(".tmp")) continue;
    const pid = Number(name.slice(prefix.length, -".tmp".length));
    if (!isRunning(pid)) rmSync(join(dirname(folder), name), { recursive: true, force: true });
  }
}

/** @param {number} pid */
function isRunning(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return /** @type {NodeJS.ErrnoException} */ (error).code === "EPERM";
  }
}

/**
 * @param {string} staging
 * @param {string} folder
 */
function putInPlace(staging, folder) {
  if (existsSync(folder) && !existsSync(join(folder, STAMP))) rmSync(folder, { recursive: true, force: true });
  try {
    renameSync(staging, folder);
  } catch (error) {
    if (!existsSync(join(folder, STAMP))) throw error;
  }
}
