import { realpathSync } from "node:fs";
import { resolve, sep } from "node:path";

/**
 * The error for a file of a job that does not exist or may not be read. It is the same for both, so that a job cannot be used
 * to find out which files exist on the machine.
 */
export function unreadable(asked: string): Error {
  return new Error(
    `There is no file ${asked} that may be read here: upload it, or let an administrator add its folder to FILES_FROM in .env.`,
  );
}

/** The real path of what lies inside one of some folders, through no link that leads out of them; undefined for all else. */
export function realPathInside(path: string, folders: readonly string[]): string | undefined {
  const real = realPathOf(path);
  const inside = folders.some(folder => {
    const root = realPathOf(folder);
    return root !== undefined && real !== undefined && (real === root || real.startsWith(withSlash(root)));
  });
  return inside ? real : undefined;
}

/** A pattern of names, and the folder that it stands below. */
export interface PatternBelow {
  folder: string;
  pattern: string;
}

/**
 * Splits a pattern into the allowed folder that it begins with and the rest. Undefined for a pattern outside of the folders
 * or with `..`. Check this before you expand a pattern: one that begins at the root would walk through the whole disk.
 */
export function patternBelow(pattern: string, folders: readonly string[]): PatternBelow | undefined {
  if (pattern.split(/[/\\{},|()[\]]/).includes("..")) return undefined;
  const roots = folders.flatMap(folder => [resolve(folder), realPathOf(folder)]).filter(root => root !== undefined);
  const root = roots.find(one => pattern.startsWith(withSlash(one)));
  return root === undefined ? undefined : { folder: root, pattern: pattern.slice(withSlash(root).length) };
}

function withSlash(folder: string): string {
  return folder.endsWith(sep) ? folder : folder + sep;
}

// Whatever is wrong with a path, no permission or a loop of links, it names no file.
function realPathOf(path: string): string | undefined {
  try {
    return realpathSync(path);
  } catch {
    return undefined;
  }
}
