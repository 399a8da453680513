import { randomBytes } from "node:crypto";
import { constants, type Stats } from "node:fs";
import { type FileHandle, lstat, open, realpath, unlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Layout } from "./layout.ts";
import { isMonth } from "./names.ts";
import { readPacked, storedAt } from "./packed.ts";

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
  // While a job is not archived.
  queued: { folder: (layout: Layout) => layout.queue, allowed: /^[\s\S]{1,250}\.json$/ },
  running: { folder: (layout: Layout) => layout.running, allowed: named(String.raw`\.json`) },
  runningProofs: { folder: (layout: Layout) => layout.running, allowed: named(String.raw`\.proofs\.ndjson`) },
  records: { folder: (layout: Layout) => layout.logs, allowed: named(String.raw`\.(?:bad|conflicts)\.csv`) },
  auditEvents: { folder: (layout: Layout) => layout.archive, allowed: /^audit-events\.ndjson$/, monthly: true },
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
  const isMonthly = "monthly" in rest;
  if (isMonthly && !isMonth(month ?? "")) return undefined;
  const root = isMonthly ? join(folder(layout), month ?? "") : folder(layout);
  const loose = !isMonthly || (await isOwnFolder(root)) ? await servedFile(root, name, allowed) : undefined;
  return loose ?? (isAllowed(name, allowed) ? await openPacked(join(root, name)) : undefined);
}

/**
 * Opens every file that the portal serves. The whole name must match `allowed` before the file system is touched. Only a
 * regular file directly in `root` is opened; links are not followed.
 */
export async function servedFile(root: string, name: string, allowed: RegExp): Promise<OpenedFile | undefined> {
  if (!isAllowed(name, allowed)) return undefined;
  try {
    const path = join(await realpath(root), name);
    return (await realpath(path)) === path ? await openRegular(path) : undefined;
  } catch (error) {
    if (ABSENT.has((error as NodeJS.ErrnoException).code ?? "")) return undefined;
    throw error;
  }
}

function isAllowed(name: string, allowed: RegExp): boolean {
  return !/[/\\\0]|^\.|^$/.test(name) && name.match(allowed)?.[0] === name;
}

// A file of a packed month, as a temporary one that has no name any more: only its reader has it.
async function openPacked(path: string): Promise<OpenedFile | undefined> {
  const bytes = readPacked(path);
  if (!bytes) return undefined;
  const temporary = join(tmpdir(), `portal-${randomBytes(8).toString("hex")}`);
  try {
    await writeFile(temporary, bytes, { flag: "wx", mode: 0o600 });
    const handle = await open(temporary, "r");
    return opened(handle, path, { size: bytes.length, mtime: new Date(storedAt(path)) });
  } finally {
    await unlink(temporary).catch(() => undefined);
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

// Errors for a name that is well formed. The caller gets the same answer for all of them: there is no such file.
const ABSENT = new Set(["ENOENT", "ENOTDIR", "ELOOP", "ENAMETOOLONG", "ENXIO"]);

function opened(handle: FileHandle, path: string, { size, mtime }: Pick<Stats, "size" | "mtime">): OpenedFile {
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
