import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { bootId, processStart } from "./identity.mjs";
import { setUpFolder } from "./layout.mjs";

/**
 * What a program sets up: something that it downloads or starts, and what can't be done without it. `megabytes` is how much it
 * has once it is there.
 * @typedef {{ kind: "download" | "start", title: string, neededFor: string, megabytes?: number }} Part
 */

/** @typedef {Part & { state: "pending" | "running" | "succeeded" | "failed", since: string, done?: number, error?: string }} Reported */

/** @type {string | undefined} */
let folder;
/** @type {Map<string, Reported>} */
const parts = new Map();

/**
 * From now on this process says in a file of its own, below LAPTOP_DIR, how far it is with each part: the portal's pages show
 * it. What processes have left that have ended goes.
 * @param {string} laptopDir
 */
export function reportTo(laptopDir) {
  folder = setUpFolder(laptopDir);
  for (const name of entriesOf(folder))
    if (name.endsWith(".json") && !isOfLiving(join(folder, name))) remove(join(folder, name));
}

/**
 * Names parts that are to come, so that a page shows them before it is their turn.
 * @param {Part[]} awaited
 */
export function expectParts(awaited) {
  for (const part of awaited) set(part, { state: "pending" });
  if (awaited.length > 0) write();
}

/**
 * Says where a part is: `running`, with megabytes where they are known, `succeeded`, or the error that it failed with.
 * @param {Part} part
 * @param {{ state: "running" | "succeeded", done?: number } | { state: "failed", error: string }} progress
 */
export function reportPart(part, progress) {
  set(part, progress);
  write();
}

/** Nothing is to come any more: the file goes, unless it tells of something that failed. */
export function endReport() {
  if (!folder || [...parts.values()].some(({ state }) => state === "failed")) return;
  remove(file(folder));
}

/**
 * @param {Part} part
 * @param {Pick<Reported, "state" | "done" | "error">} progress
 */
function set(part, progress) {
  const key = `${part.kind} ${part.title}`;
  const before = parts.get(key);
  const since = before?.state === progress.state ? before.since : new Date().toISOString();
  parts.set(key, { ...part, ...progress, since });
}

// Nobody needs it after a crash of the machine, and where it can't be written the set-up goes on without.
function write() {
  if (!folder) return;
  const path = file(folder);
  const own = { pid: process.pid, start: processStart(process.pid) ?? "", bootId: bootId() };
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    rmSync(`${path}.tmp`, { force: true });
    const text = `${JSON.stringify({ ...own, parts: [...parts.values()] }, null, 2)}\n`;
    writeFileSync(`${path}.tmp`, text, { mode: 0o600, flag: "wx" });
    renameSync(`${path}.tmp`, path);
  } catch {}
}

/** @param {string} path */
function isOfLiving(path) {
  try {
    const { pid, start, bootId: boot } = JSON.parse(readFileSync(path, "utf8"));
    return boot === bootId() && processStart(pid) === start;
  } catch {
    return false;
  }
}

/** @param {string} path */
function remove(path) {
  try {
    rmSync(path, { force: true });
  } catch {}
}

/** @param {string} at */
function entriesOf(at) {
  try {
    return readdirSync(at);
  } catch {
    return [];
  }
}

/** @param {string} at */
function file(at) {
  return join(at, `${process.pid}.json`);
}
