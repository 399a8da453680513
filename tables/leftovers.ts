import { existsSync, lstatSync, readdirSync, rmdirSync, unlinkSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/**
 * Removes what an interrupted write left in a table's folder: files made since `since` (ms), then folders that are
 * empty. Gives false where the folder is not on this machine's disk. Files that were there before stay.
 */
export function removeNewFiles(location: string, since: number): boolean {
  if (!/^file:\//.test(location)) return false;
  const folder = fileURLToPath(location.replace(/^file:\/*/, "file:///"));
  if (existsSync(folder)) clear(folder, since);
  return true;
}

function clear(folder: string, since: number): void {
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    const stat = lstatSync(path);
    if (stat.isDirectory()) clear(path, since);
    else if (stat.mtimeMs >= since) unlinkSync(path);
  }
  if (readdirSync(folder).length === 0) rmdirSync(folder);
}
