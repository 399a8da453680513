import { existsSync, type FSWatcher, watch } from "node:fs";
import { basename, join } from "node:path";
import type { Layout } from "../files/layout.ts";
import type { Log } from "./print.ts";

/** Wakes the worker as soon as something comes into queue/ or queue/cancel/. Only a hint: the scan finds what is there. */
export function watchQueue(layout: Layout, log: Log, wake: () => void): { close(): void } {
  const heartbeat = basename(layout.heartbeat);
  let told = false;
  const watchers = [layout.queue, layout.cancel].map(open).filter(watcher => watcher !== undefined);
  return {
    close: () => {
      for (const watcher of watchers) watcher.close();
    },
  };

  function open(folder: string): FSWatcher | undefined {
    try {
      return watch(folder, (_, name) => hear(folder, name)).on("error", complain);
    } catch (error) {
      complain(error as Error);
      return undefined;
    }
  }

  function hear(folder: string, name: string | null) {
    // Some systems don't say what it was.
    if (name === null) return wake();
    const isJob = name.endsWith(".json") && !name.startsWith(".") && name !== heartbeat;
    // A file that has gone was most likely taken by this worker itself.
    if (isJob && existsSync(join(folder, name))) wake();
  }

  function complain(error: Error) {
    if (!told) log.warn(`The queue can't be watched (${error.message}): looking every few seconds.`);
    told = true;
  }
}
