import { statfsSync } from "node:fs";

/** Free space for an ordinary user on the disk of a folder. */
export function freeBytes(folder: string): number {
  const { bavail, bsize } = statfsSync(folder);
  return bavail * bsize;
}
