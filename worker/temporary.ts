import { lstatSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { removeFile } from "../files/atomic.ts";

/** Whether a name is one that files/atomic.ts gives while it writes. */
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
