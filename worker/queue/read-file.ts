import { createHash } from "node:crypto";
import { closeSync, constants, fstatSync, lstatSync, openSync, readdirSync, readFileSync, type Stats } from "node:fs";
import { join } from "node:path";
import { removeFile } from "../../core/system/atomic.ts";

/** A job file is at most this long. */
export const MAX_BYTES = 1024 ** 2;

/** The bytes of a file in queue/, the state they were read in, and their SHA-256. */
export interface FileBytes {
  bytes: Buffer;
  stats: Stats;
  sha256: string;
}

/** Reads a regular file, and never what a link or a pipe of its name leads to. Undefined when it has gone. */
export function readRegular(path: string): FileBytes | undefined {
  const descriptor = open(path);
  if (descriptor === undefined) return undefined;
  try {
    const stats = fstatSync(descriptor);
    if (!stats.isFile() || stats.size > MAX_BYTES) return undefined;
    const bytes = readFileSync(descriptor);
    return { bytes, stats, sha256: createHash("sha256").update(bytes).digest("hex") };
  } finally {
    closeSync(descriptor);
  }
}

function open(path: string): number | undefined {
  try {
    return openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (error) {
    if (["ENOENT", "ELOOP"].includes((error as NodeJS.ErrnoException).code ?? "")) return undefined;
    throw error;
  }
}

/** Whether a name is one that core/system/atomic.ts gives while it writes. */
export function isTemporary(name: string): boolean {
  return /^\..+\.[0-9a-f]{8}\.tmp$/.test(name);
}

/** Removes a temporary file that has been left alone for so long that its writer must be dead. */
export function sweepTemporary(path: string, age: number): void {
  const stats = lstatSync(path, { throwIfNoEntry: false });
  // The change time: linking the file into view moves it.
  if (stats?.isFile() && Date.now() - stats.ctimeMs > age) removeFile(path);
}

/** Sweeps one folder. */
export function sweepFolder(folder: string, age: number): void {
  for (const name of readdirSync(folder)) if (isTemporary(name)) sweepTemporary(join(folder, name), age);
}
