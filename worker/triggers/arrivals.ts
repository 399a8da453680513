import { basename, dirname } from "node:path";
import { type FSWatcher, watch } from "chokidar";
import { warnOnce } from "../../core/system/console-log.ts";
import type { ArrivalFolder, Arrivals } from "../../engines/engine.ts";
import type { Context } from "../context.ts";
import { type ArrivalWatch, openWatch } from "./arrival-folder.ts";

/** The jobs that are made of what arrives in watched folders. */
export interface Arriving {
  check(now: number): void;
  close(): Promise<void>;
}

// A file that grows is asked for its size this often.
const ASK_EVERY = 250;

/**
 * Watches the folders of all types, and reads their list anew at each scan. A fault in one folder does not stop the others.
 * `onComplete` is called when a file has not grown for a while; a folder that can't be watched is only looked at.
 */
export function watchArrivals(context: Context, types: readonly Arrivals[], onComplete?: () => void): Arriving {
  const { settings, log, timing } = context;
  const watches = new Map<string, ArrivalWatch>();
  const warn = warnOnce(log);
  let watcher: FSWatcher | undefined;
  return { check, close: async () => watcher?.close() };

  function check(now: number) {
    for (const { type, folders } of types)
      warn(`What arrives for ${type} is not taken`, () => {
        for (const folder of folders(settings)) checkOne(folder, now);
      });
  }

  function checkOne(arriving: ArrivalFolder, now: number) {
    warn(`What arrives in ${arriving.folder} is not taken`, () => {
      const known = watches.get(arriving.folder);
      const folder = known ?? openWatch(context, arriving.folder);
      watches.set(arriving.folder, folder);
      folder.check(arriving, now);
      if (!known && onComplete) watched(onComplete).add(arriving.folder);
    });
  }

  // One watcher for all folders, opened with the first.
  function watched(complete: () => void): FSWatcher {
    watcher ??= watch([], {
      ...{ depth: 0, ignoreInitial: true },
      awaitWriteFinish: { stabilityThreshold: timing.stillFor, pollInterval: Math.min(ASK_EVERY, timing.stillFor) },
    })
      .on("add", path => settled(path, complete))
      .on("change", path => settled(path, complete))
      .on("error", error => log.warn(`A watched folder is only looked at: ${(error as Error).message}`));
    return watcher;
  }

  function settled(path: string, complete: () => void) {
    watches.get(dirname(path))?.settled(basename(path));
    complete();
  }
}
