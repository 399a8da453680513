import { setTimeout as pause } from "node:timers/promises";
import type { Layout } from "../core/store/layout.ts";
import { freeBytes } from "../core/store/layout.ts";
import type { Log } from "../core/system/console-log.ts";

/** Runs a step that needs disk space in DATA_DIR. On a full disk logs that once and tries again. Undefined if stopped meanwhile. */
export async function onceThereIsRoom<T>(
  { root }: Pick<Layout, "root">,
  log: Log,
  every: number,
  signal: AbortSignal,
  work: () => Promise<T>,
): Promise<T | undefined> {
  for (let isWarned = false; !signal.aborted; isWarned = true) {
    try {
      return await work();
    } catch (error) {
      if (!isNoRoom(error as Failure, root)) throw error;
      const { message } = error as Error;
      if (!isWarned)
        log.error(`The disk of ${root} is full (${message}): no job is taken before there is room. Make room.`);
    }
    await pause(every, undefined, { signal }).catch(() => {});
  }
  return undefined;
}

type Failure = NodeJS.ErrnoException & { errcode?: number };

// SQLite's own words for it; where it could not even make its journal, it only says that it can't open or write.
const [FULL, IO_ERROR, CANT_OPEN] = [13, 10, 14];

function isNoRoom({ code, errcode = 0 }: Failure, root: string): boolean {
  const primary = errcode & 0xff;
  if (code === "ENOSPC" || code === "EDQUOT" || primary === FULL) return true;
  return (primary === IO_ERROR || primary === CANT_OPEN) && freeIn(root) < 4096;
}

function freeIn(root: string): number {
  try {
    return freeBytes(root);
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}
