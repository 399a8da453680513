import { lstatSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { reportPart } from "./report.mjs";

/** @typedef {import("./report.mjs").Part} Part */

/**
 * Shows one step while it runs: a line that grows on a terminal, one line at its start and end elsewhere. A part, which is more
 * than a title, also stands in the report of this process, which the portal shows.
 * @template T
 * @param {string | Part} given
 * @param {string} folder whose size tells how far the step is
 * @param {(note: (text: string) => void) => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function showStep(given, folder, work) {
  const part = typeof given === "string" ? undefined : given;
  const title = part?.title ?? String(given);
  const step = { title, folder, began: Date.now(), note: "" };
  if (!isDrawing) console.log(`  ${title.padEnd(34)}installing …`);
  running.add(step);
  if (isDrawing) timer ??= setInterval(draw, 500);
  const stop = part && follow(part, folder);
  try {
    const result = await work(text => {
      step.note = text;
    });
    if (part) reportPart(part, { state: "succeeded" });
    return result;
  } catch (error) {
    if (part) reportPart(part, { state: "failed", error: /** @type {Error} */ (error).message });
    throw error;
  } finally {
    stop?.();
    running.delete(step);
    if (isDrawing) process.stdout.write("\r\x1b[K");
    if (running.size === 0) {
      clearInterval(timer);
      timer = undefined;
    }
  }
}

/**
 * Reports how much a step has by now. A large folder is looked at less often, so that looking costs a twentieth at most.
 * @param {Part} part
 * @param {string} folder
 */
function follow(part, folder) {
  /** @type {NodeJS.Timeout} */
  let next;
  let done = 0;
  const look = () => {
    const began = performance.now();
    // What was downloaded goes once it is unpacked: that is no step back.
    done = Math.max(done, Math.round(folderBytes(folder) / 1e6));
    reportPart(part, { state: "running", done });
    next = setTimeout(look, Math.max(1000, 20 * (performance.now() - began)));
    next.unref();
  };
  look();
  return () => clearTimeout(next);
}

/** From now on steps are told in lines alone: another program writes on the terminal too. */
export function drawNoMore() {
  isDrawing = false;
  clearInterval(timer);
  timer = undefined;
  if (process.stdout.isTTY && running.size > 0) process.stdout.write("\r\x1b[K");
}

let isDrawing = process.stdout.isTTY === true;

/** @type {Set<{ title: string, folder: string, began: number, note: string }>} */
const running = new Set();
/** @type {NodeJS.Timeout | undefined} */
let timer;

// Several run side by side: all stand in the one line that is drawn anew.
function draw() {
  const [first, ...more] = running;
  if (!first) return;
  const size = megabytes(folderBytes(first.folder));
  const text =
    more.length === 0
      ? `${first.title.padEnd(34)}${size}  ${seconds(first.began)}  ${first.note}`
      : [...running].map(({ title, folder }) => `${title}${megabytes(folderBytes(folder))}`).join(" · ");
  process.stdout.write(`\r  ${text.slice(0, Math.max(20, (process.stdout.columns ?? 100) - 3))}\x1b[K`);
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
function folderBytes(folder) {
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
