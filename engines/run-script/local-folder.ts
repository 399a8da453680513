import { lstat, readdir } from "node:fs/promises";
import { userInfo } from "node:os";
import { join } from "node:path";
import pMap from "p-map";
import { openRegular } from "../../core/store/served.ts";
import { createFile } from "../../core/system/atomic.ts";

/** A folder's entries, a file of it, and a new file in it, wherever it lies. */
export interface Folder {
  list(): Promise<{ name: string; isFolder: boolean; size: number; changedAt: string; owner: string }[]>;
  read(name: string): Promise<Buffer>;
  create(name: string, content: Uint8Array): Promise<void>;
}

/** A folder of this machine. Only regular files are seen, and no link is followed. */
export function localFolder(folder: string, mostBytes: number): Folder {
  return {
    list: () => translated(folder, () => entriesOf(folder)),
    read: name => translated(join(folder, name), () => read(join(folder, name), mostBytes)),
    create: (name, content) =>
      translated(join(folder, name), async () => createFile(join(folder, name), content, 0o644)),
  };
}

async function entriesOf(folder: string) {
  const entries = await readdir(folder, { withFileTypes: true });
  const files = entries.filter(entry => entry.isFile());
  const describe = async ({ name }: { name: string }) => {
    const stats = await lstat(join(folder, name)).catch(() => undefined);
    return stats?.isFile()
      ? [{ name, isFolder: false, size: stats.size, changedAt: stats.mtime.toISOString(), owner: ownerOf(stats.uid) }]
      : [];
  };
  return (await pMap(files, describe, { concurrency: 16 })).flat();
}

async function read(path: string, most: number): Promise<Buffer> {
  await using file = await openRegular(path);
  if (file.size > most) throw new Error(`${path} is larger than ${most} bytes.`);
  return await file.handle.readFile();
}

function ownerOf(uid: number): string {
  const { uid: own, username } = userInfo();
  return uid === own ? username : `user ${uid}`;
}

async function translated<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const words = WORDS[(error as NodeJS.ErrnoException).code ?? ""];
    throw words ? new Error(words(path), { cause: error }) : error;
  }
}

const WORDS: Readonly<Record<string, (path: string) => string>> = {
  ENOENT: path => `There is no ${path}.`,
  ENOTDIR: path => `${path} is no folder.`,
  EACCES: path => `${path} can't be read or written by the user that the portal and the worker run as.`,
  ELOOP: path => `${path} is a link or no regular file, which is not followed.`,
  EEXIST: path => `There is a ${path} already: nothing was changed. Choose another name.`,
};
