import { randomBytes } from "node:crypto";
import { closeSync, fsyncSync, linkSync, lstatSync, openSync, renameSync, unlinkSync, writeSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { gate } from "./gate.ts";

/** Writes a new file so that it is seen whole or not at all. Throws EEXIST, and changes nothing, if it is there already. */
export function createFile(path: string, content: string | Uint8Array, mode = 0o640): void {
  const temporary = writeTemporary(path, content, mode);
  try {
    gate("link");
    linkSync(temporary, path);
  } finally {
    gate("unlink temporary");
    unlinkSync(temporary);
  }
  syncFolder(dirname(path));
}

/** Writes a file in place of an older one; a reader sees the old or the new, never a part. */
export function replaceFile(path: string, content: string | Uint8Array, mode = 0o640): void {
  const temporary = writeTemporary(path, content, mode);
  gate("rename temporary");
  renameSync(temporary, path);
  syncFolder(dirname(path));
}

/** Moves a file within one disk and makes both folders' entries durable. Replaces what stands at `to`. */
export function moveFile(from: string, to: string): void {
  gate("rename");
  renameSync(from, to);
  syncFolder(dirname(to));
  if (dirname(from) !== dirname(to)) syncFolder(dirname(from));
}

/** Moves a file to a name that must be free. Throws EEXIST, and changes nothing, if it is taken. */
export function moveToFreeName(from: string, to: string): void {
  gate("link");
  if (linkOrRename(from, to) === "linked") {
    gate("unlink");
    unlinkSync(from);
  }
  syncFolder(dirname(to));
  if (dirname(from) !== dirname(to)) syncFolder(dirname(from));
}

/** Removes a file; one that is not there is no error. */
export function removeFile(path: string): void {
  gate("unlink");
  try {
    unlinkSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
}

/** Makes the entries of a folder durable. */
export function syncFolder(path: string): void {
  gate("fsync folder");
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
  const temporary = join(dirname(path), `.${basename(path)}.${randomBytes(4).toString("hex")}.tmp`);
  gate("open temporary");
  const file = openSync(temporary, "wx", mode);
  try {
    const bytes = typeof content === "string" ? Buffer.from(content) : content;
    gate("write");
    for (let written = 0; written < bytes.length; ) written += writeSync(file, bytes, written);
    gate("fsync");
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  return temporary;
}
