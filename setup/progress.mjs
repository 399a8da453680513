import { lstatSync, readdirSync } from "node:fs";
import { join } from "node:path";

/**
 * Shows one step while it runs: a line that grows on a terminal, one line at its start and end elsewhere.
 * @template T
 * @param {string} title
 * @param {string} folder whose size tells how far the step is
 * @param {(note: (text: string) => void) => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function showStep(title, folder, work) {
  const began = Date.now();
  const terminal = process.stdout.isTTY === true;
  const label = `  ${title.padEnd(34)}`;
  let note = "";
  const draw = () =>
    process.stdout.write(`\r${label}${megabytes(folderBytes(folder))}  ${seconds(began)}  ${note}\x1b[K`);
  if (!terminal) console.log(`${label}installing …`);
  const timer = terminal ? setInterval(draw, 500) : undefined;
  try {
    return await work(text => {
      note = text;
    });
  } finally {
    clearInterval(timer);
    if (terminal) process.stdout.write("\r\x1b[K");
  }
}

/**
 * One line that says what a step has left behind.
 * @param {string} title
 * @param {string} folder
 * @param {number} began
 */
export function showDone(title, folder, began) {
  console.log(`  ${title.padEnd(34)}${megabytes(folderBytes(folder))}  ${seconds(began)}`);
}

/**
 * The bytes of all files below a folder; what vanishes meanwhile counts nothing.
 * @param {string} folder
 * @returns {number}
 */
export function folderBytes(folder) {
  let bytes = 0;
  for (const entry of entriesOf(folder)) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) bytes += folderBytes(path);
    else bytes += lstatSync(path, { throwIfNoEntry: false })?.size ?? 0;
  }
  return bytes;
}

/** @param {string} folder */
function entriesOf(folder) {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return [];
  }
}

/** @param {number} bytes */
function megabytes(bytes) {
  return `${Math.round(bytes / 1e6)} MB`.padStart(7);
}

/** @param {number} began */
function seconds(began) {
  return `${Math.round((Date.now() - began) / 1000)} s`.padStart(5);
}
