import { lstatSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { moveToFreeName, removeFile, replaceFile } from "../files/atomic.ts";
import type { Context } from "./context.ts";

// What a file system allows for a name, less `.json`, `.reason.txt`, a number and what a temporary name adds.
const LONGEST = 255 - 35;

/** Moves what never became a job to rejected/, over nothing, with the reason beside it. */
export function rejectFile({ layout, log }: Context, name: string, problems: readonly string[]): void {
  const kept = freeName(layout.rejected, name);
  const todo = "Correct this and move the file back to queue/.";
  // The reason first: if the worker dies in between, the file is still in queue/ and comes here again.
  replaceFile(join(layout.rejected, `${kept}.reason.txt`), `${[...problems, todo].join("\n")}\n`);
  moveToFreeName(join(layout.queue, name), join(layout.rejected, kept));
  log.warn(`rejected ${name}: ${problems[0]}${problems.length > 1 ? ` (and ${problems.length - 1} more)` : ""}`);
}

/** After a crash in the middle of that: whether the file is in rejected/ already, so that it only had to go from here. */
export function finishRejection({ layout }: Context, name: string, inode: number): boolean {
  const isThere = readdirSync(layout.rejected).some(other => inodeOf(join(layout.rejected, other)) === inode);
  if (isThere) removeFile(join(layout.queue, name));
  return isThere;
}

/** A name for a file that nothing in the folder has: its own, else with `.2`, `.3`, … before its ending. */
export function freeName(folder: string, name: string): string {
  const stem = shorten(name.replace(/\.json$/, ""));
  for (let number = 1; ; number++) {
    const kept = number === 1 ? `${stem}.json` : `${stem}.${number}.json`;
    if (!exists(join(folder, kept))) return kept;
  }
}

function shorten(stem: string): string {
  let short = stem;
  while (Buffer.byteLength(short) > LONGEST) short = [...short].slice(0, -1).join("");
  return short;
}

function exists(path: string): boolean {
  return inodeOf(path) !== undefined;
}

function inodeOf(path: string): number | undefined {
  return lstatSync(path, { throwIfNoEntry: false })?.ino;
}
