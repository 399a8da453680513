import { lstat, readdir } from "node:fs/promises";
import { userInfo } from "node:os";
import { join } from "node:path";
import { createFile } from "../../files/atomic.ts";
import { openRegular } from "../../files/served.ts";
import type { Folder } from "./folder.ts";

/** A folder of this machine. Only regular files are seen, and no link is followed. */
export function localFolder(folder: string, mostBytes: number): Folder {
  return {
    list: () => told(folder, () => entriesOf(folder)),
    read: name => told(join(folder, name), () => read(join(folder, name), mostBytes)),
    create: (name, content) => told(join(folder, name), async () => createFile(join(folder, name), content, 0o644)),
  };
}

async function entriesOf(folder: string) {
  const entries = await readdir(folder, { withFileTypes: true });
  const files = entries.filter(entry => entry.isFile());
  const found = files.map(async ({ name }) => {
    const stats = await lstat(join(folder, name)).catch(() => undefined);
    return stats?.isFile()
      ? [{ name, isFolder: false, size: stats.size, changedAt: stats.mtime.toISOString(), owner: ownerOf(stats.uid) }]
      : [];
  });
  return (await Promise.all(found)).flat();
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

async function told<T>(path: string, work: () => Promise<T>): Promise<T> {
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
