import { existsSync } from "node:fs";
import { basename, join } from "node:path";
import { type FSWatcher, watch } from "chokidar";
import type { Layout } from "../files/layout.ts";
import type { Log } from "./print.ts";

/** What wakes the worker as soon as something comes in. Only a hint: the scan finds what is there. */
export interface Watch {
  /** Told after each look how many files wait. Of a full queue only the wishes are watched: jobs have to wait anyway. */
  adapt(waiting: number): void;
  close(): Promise<void>;
}

// At every change of a folder chokidar asks for the state of each file in it: with 200 that is most of what a job costs.
const FULL = 50;

/** Watches queue/ and queue/cancel/: only the folders, since watching each file of them costs more than the worker. */
export function watchQueue(layout: Layout, log: Log, wake: () => void): Watch {
  const heartbeat = basename(layout.heartbeat);
  let told = false;
  const wishes = open(layout.cancel);
  let jobs: FSWatcher | undefined = open(layout.queue);
  return {
    adapt(waiting) {
      if (waiting > FULL) void closeJobs();
      else jobs ??= open(layout.queue);
    },
    close: async () => {
      await Promise.all([wishes.close(), closeJobs()]);
    },
  };

  function open(folder: string): FSWatcher {
    const ignored = (path: string) => path !== folder;
    return watch(folder, { depth: 0, atomic: false, ignoreInitial: true, ignored })
      .on("raw", hear)
      .on("error", complain);
  }

  function closeJobs(): Promise<void> | undefined {
    const closed = jobs?.close();
    jobs = undefined;
    return closed;
  }

  function hear(_: string, name: unknown, details: unknown) {
    const isJob = typeof name === "string" && name.endsWith(".json") && !name.startsWith(".") && name !== heartbeat;
    // A file that has gone was most likely taken by this worker itself.
    if (isJob && existsSync(join((details as { watchedPath: string }).watchedPath, name))) wake();
  }

  function complain(error: unknown) {
    const why = error instanceof Error ? error.message : String(error);
    if (!told) log.warn(`The queue can't be watched (${why}): looking every few seconds.`);
    told = true;
  }
}
