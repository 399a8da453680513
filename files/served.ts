import { constants, type Stats } from "node:fs";
import { type FileHandle, lstat, open, realpath } from "node:fs/promises";
import { join } from "node:path";
import type { Layout } from "./layout.ts";

/** A file that may be served, open for reading. Whoever asked for it closes it: `await using file = …`. */
export interface OpenedFile {
  handle: FileHandle;
  path: string;
  size: number;
  modified: Date;
  /** For Content-Disposition: nothing in it but letters, digits, `.`, `_` and `-`. */
  name: string;
  [Symbol.asyncDispose](): Promise<void>;
}

/** What the portal serves. A record and its proofs lie in the folder of a month, the rest has one folder. */
export type ServedKind = keyof typeof KINDS;

const KINDS = {
  log: { folder: (layout: Layout) => layout.logs, allowed: named(String.raw`(?:\.[1-9]\d{0,3})?\.log`) },
  events: { folder: (layout: Layout) => layout.logs, allowed: named(String.raw`\.events\.ndjson`) },
  record: { folder: (layout: Layout) => layout.archive, allowed: named(String.raw`\.json`), monthly: true },
  proofs: { folder: (layout: Layout) => layout.archive, allowed: named(String.raw`\.proofs\.ndjson`), monthly: true },
  deeds: { folder: (layout: Layout) => layout.archive, allowed: /^deeds\.ndjson$/, monthly: true },
  report: { folder: (layout: Layout) => layout.archive, allowed: /^[a-z]+(?:-[a-z]+)*\.csv$/ },
  // People name these files; all but what no file of the queue can be called.
  rejected: { folder: (layout: Layout) => layout.rejected, allowed: /^[\s\S]{1,230}\.(?:json|reason\.txt)$/ },
};

/** Opens a file that the portal serves by its kind and whole name; undefined, for every reason, if there is no such file. */
export async function openServed(
  layout: Layout,
  kind: ServedKind,
  name: string,
  month?: string,
): Promise<OpenedFile | undefined> {
  const { folder, allowed, ...rest } = KINDS[kind];
  if (!("monthly" in rest)) return await servedFile(folder(layout), name, allowed);
  if (month === undefined || !/^\d{4}-\d{2}$/.test(month)) return undefined;
  const within = join(folder(layout), month);
  return (await isOwnFolder(within)) ? await servedFile(within, name, allowed) : undefined;
}

/**
 * The one door to every file that is served: the whole name must match `allowed` before the file system is touched, and
 * only a regular file that lies in `root` itself is opened, through no link.
 */
export async function servedFile(root: string, name: string, allowed: RegExp): Promise<OpenedFile | undefined> {
  if (/[/\\\0]|^\.|^$/.test(name) || name.match(allowed)?.[0] !== name) return undefined;
  try {
    const path = join(await realpath(root), name);
    return (await realpath(path)) === path ? await openRegular(path) : undefined;
  } catch (error) {
    if (ABSENT.has((error as NodeJS.ErrnoException).code ?? "")) return undefined;
    throw error;
  }
}

/** Opens a regular file and nothing else: no link, no folder, no pipe that would keep us waiting. Throws ENOENT, ELOOP. */
export async function openRegular(path: string): Promise<OpenedFile> {
  const before = await lstat(path);
  if (!before.isFile()) throw Object.assign(new Error(`${path} is not a regular file`), { code: "ELOOP" });
  const handle = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    const stats = await handle.stat();
    if (!stats.isFile()) throw Object.assign(new Error(`${path} is not a regular file`), { code: "ELOOP" });
    return opened(handle, path, stats);
  } catch (error) {
    await handle.close();
    throw error;
  }
}

// What can stand in the way of a name that is well formed, all the same to who asks: there is no such file.
const ABSENT = new Set(["ENOENT", "ENOTDIR", "ELOOP", "ENAMETOOLONG", "ENXIO"]);

function opened(handle: FileHandle, path: string, { size, mtime }: Stats): OpenedFile {
  const name = path.slice(path.lastIndexOf("/") + 1).replace(/[^A-Za-z0-9._-]/g, "_");
  return { handle, path, size, modified: mtime, name, [Symbol.asyncDispose]: () => handle.close() };
}

async function isOwnFolder(path: string): Promise<boolean> {
  return await lstat(path).then(
    stats => stats.isDirectory(),
    () => false,
  );
}

// The shape of a job's id, and what comes after it.
function named(ending: string): RegExp {
  return new RegExp(`^\\d{8}T\\d{9}Z-[a-z][a-z0-9-]{7,90}${ending}$`);
}
