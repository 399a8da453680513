import { lstatSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { type Layout, reasonFile } from "../../core/store/layout.ts";
import { freeName } from "../../core/store/names.ts";
import { linkToFreeName, removeFile, syncFolder, writeOwnFile } from "../../core/system/atomic.ts";
import { failpoint } from "../../core/system/failpoint.ts";
import type { Context } from "../context.ts";

/** A file that never became a job, and why. */
export interface Rejection {
  name: string;
  problems: readonly string[];
}

/**
 * Moves what never became a job to rejected/, over nothing, with the reason beside it. Many at once: the folders are synced
 * once for all of them, so that a flood of bad files does not wait for the disk thousands of times. Gives what stayed.
 */
function rejectFiles({ layout, log }: Context, rejections: readonly Rejection[]): string[] {
  if (rejections.length === 0) return [];
  const { queue, rejected } = layout;
  const stayed: string[] = [];
  const linked: string[] = [];
  for (const { name, problems } of rejections)
    attempt(name, () => {
      const freeFileName = freeName(rejected, name);
      // The reason first: if the worker dies in between, the file is still in queue/ and comes here again.
      writeReason(reasonFile(layout, freeFileName), problems);
      if (linkToFreeName(join(queue, name), join(rejected, freeFileName)) === "linked") linked.push(name);
      log.warn(`rejected ${name}: ${problems[0]}${problems.length > 1 ? ` (and ${problems.length - 1} more)` : ""}`);
    });
  syncFolder(rejected);
  for (const name of linked) attempt(name, () => removeFile(join(queue, name)));
  syncFolder(queue);
  return stayed;

  // One that has gone, or for which there is no room, keeps no other from being moved.
  function attempt(name: string, act: () => void) {
    try {
      act();
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOENT") stayed.push(name);
      log.warn(`${name} can't be moved to rejected/: ${(error as Error).message}`);
    }
  }
}

// Whoever looks for it looks for the file first, which is not there yet.
function writeReason(path: string, problems: readonly string[]): void {
  failpoint("write reason");
  const todo = "Correct this and move the file back to queue/.";
  writeOwnFile(path, `${[...problems, todo].join("\n")}\n`);
}

/** Bad files that a scan has found, to be moved when all have been judged, since that takes longer. */
export interface Rejections {
  has(name: string): boolean;
  add(rejection: Rejection & { key: string }): void;
  isEmpty(): boolean;
  /** Moves some of them; gives those that stayed in queue/. One that was corrected meanwhile is left to the next scan. */
  moveSome(): string[];
}

// So many bad files are moved with one sync of the folders.
const AT_ONCE = 200;

/** No bad files yet. `keyAt` tells the version of a file in queue/. */
export function createRejections(context: Context, keyAt: (name: string) => string | undefined): Rejections {
  const wrong = new Map<string, Rejection & { key: string }>();
  return {
    has: name => wrong.has(name),
    add: rejection => void wrong.set(rejection.name, rejection),
    isEmpty: () => wrong.size === 0,
    moveSome() {
      const some = [...wrong.values()].slice(0, AT_ONCE);
      for (const { name } of some) wrong.delete(name);
      const same = some.filter(({ name, key }) => keyAt(name) === key);
      return rejectFiles(context, same);
    },
  };
}

/** The files in rejected/ by what they are on the disk: after a crash one may still have its name in queue/, too. */
export function rejectedInodes({ rejected }: Layout): ReadonlySet<number> {
  return new Set(readdirSync(rejected).flatMap(name => inodeOf(join(rejected, name)) ?? []));
}

function inodeOf(path: string): number | undefined {
  return lstatSync(path, { throwIfNoEntry: false })?.ino;
}
