import { randomUUID } from "node:crypto";
import {
  closeSync,
  fsyncSync,
  linkSync,
  lstatSync,
  openSync,
  renameSync,
  rmSync,
  unlinkSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { failpoint } from "./failpoint.ts";

/**
 * Writes a new file so that it is seen whole or not at all. Throws EEXIST, and changes nothing, if it is there already.
 * With `entry: false` the caller makes its entry in the folder durable.
 */
export function createFile(path: string, content: string | Uint8Array, mode = 0o600, { entry = true } = {}): void {
  const temporary = writeTemporary(path, content, mode);
  try {
    failpoint("link");
    linkSync(temporary, path);
  } finally {
    failpoint("unlink temporary");
    unlinkSync(temporary);
  }
  if (entry) syncFolder(dirname(path));
}

/** Writes a file in place of an older one; a reader sees the old or the new, never a part. */
export function replaceFile(path: string, content: string | Uint8Array, mode = 0o600): void {
  const temporary = writeTemporary(path, content, mode);
  failpoint("rename temporary");
  renameSync(temporary, path);
  syncFolder(dirname(path));
}

/**
 * Writes a file in place of an older one, of what can be made anew: a reader sees the old or the new, but after a power cut it
 * may be the old one, or none that can be read.
 */
export function replaceNote(path: string, content: string, mode = 0o600): void {
  const temporary = temporaryOf(path);
  failpoint("write");
  writeFileSync(temporary, content, { mode, flag: "wx" });
  failpoint("rename temporary");
  renameSync(temporary, path);
}

/**
 * Writes a file of our own, in place of what stands there and never through a link: in a folder that a group may write to,
 * a link of that name would else lead into any file of ours. Not durable.
 */
export function writeOwnFile(path: string, content: string): void {
  rmSync(path, { force: true });
  writeFileSync(path, content, { mode: 0o600, flag: "wx" });
}

/** Moves a file within one disk and makes both folders' entries durable. Replaces what stands at `to`. */
export function moveFile(from: string, to: string): void {
  failpoint("rename");
  renameSync(from, to);
  syncFolder(dirname(to));
  if (dirname(from) !== dirname(to)) syncFolder(dirname(from));
}

/** Moves a file to a name that must be free. Throws EEXIST, and changes nothing, if it is taken. */
export function moveToFreeName(from: string, to: string): void {
  if (linkToFreeName(from, to) === "linked") {
    failpoint("unlink");
    unlinkSync(from);
  }
  syncFolder(dirname(to));
  if (dirname(from) !== dirname(to)) syncFolder(dirname(from));
}

/**
 * The first half of such a move: the file has both names now, or, where the system allows no link to it, only the new one.
 * Nothing is durable before the folder of `to` is synced; only then `from` may be removed.
 */
export function linkToFreeName(from: string, to: string): "linked" | "renamed" {
  failpoint("link");
  return linkOrRename(from, to);
}

/** Removes a file; one that is not there is no error. */
export function removeFile(path: string): void {
  failpoint("unlink");
  try {
    unlinkSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
}

/** Makes the entries of a folder durable. */
export function syncFolder(path: string): void {
  failpoint("fsync folder");
  const folder = openSync(path, "r");
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}

// A folder can't be linked, nor, on Linux, another user's file that we may not write to. Rename takes both.
function linkOrRename(from: string, to: string): "linked" | "renamed" {
  try {
    linkSync(from, to);
    return "linked";
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EPERM") throw error;
    if (lstatSync(to, { throwIfNoEntry: false }))
      throw Object.assign(new Error(`${to} is there already`), { code: "EEXIST" });
    renameSync(from, to);
    return "renamed";
  }
}

function writeTemporary(path: string, content: string | Uint8Array, mode: number): string {
  const temporary = temporaryOf(path);
  failpoint("open temporary");
  const file = openSync(temporary, "wx", mode);
  try {
    const bytes = typeof content === "string" ? Buffer.from(content) : content;
    failpoint("write");
    for (let written = 0; written < bytes.length; ) written += writeSync(file, bytes, written);
    failpoint("fsync");
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  return temporary;
}

function temporaryOf(path: string): string {
  return join(dirname(path), `.${basename(path)}.${randomUUID().slice(0, 8)}.tmp`);
}
