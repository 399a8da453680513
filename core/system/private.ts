import { chmodSync, closeSync, openSync, statSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";

const SETGID = 0o2000;

/** From now on whatever this process and its children make is for their own user alone. */
export function makeFilesPrivate(): void {
  process.umask(0o077);
}

/**
 * Closes a folder of ours to everybody else. One that somebody has shared with a group on purpose (`chmod 2770`, a group
 * that may drop jobs) stays so, and is closed to the rest. Nothing is changed where the folder belongs to another user.
 */
export function closeFolder(path: string): void {
  const { mode, uid } = statSync(path);
  if (process.getuid && uid !== process.getuid()) return;
  const wanted = mode & SETGID ? mode & 0o7770 : 0o700;
  if ((mode & 0o7777) !== wanted) chmodSync(path, wanted);
}

/** Opens a SQLite file that only our user can read, and lock: who can open it could hold a lock on it for ever. */
export function openPrivateDatabase(path: string, options: { timeout?: number } = {}): DatabaseSync {
  closeSync(openSync(path, "a", 0o600));
  if ((statSync(path).mode & 0o077) !== 0) chmodSync(path, 0o600);
  return new DatabaseSync(path, options);
}
