import { basename } from "node:path";
import { type FSWatcher, watch } from "chokidar";
import { isQueuedName } from "../../core/store/layout.ts";
import type { Context } from "../context.ts";

/** The watch of queue/, queue/cancel/ and schedules/. Only a hint: the scan finds what is there. */
export interface QueueWatch {
  /** While many files wait, the watch of queue/ rests: a scan follows every job anyway. Called after each scan. */
  rest(waiting: number): void;
  close(): Promise<void>;
}

const REST_ABOVE = 50;

/** Wakes the worker as soon as a file comes into one of the folders. A file that has gone wakes nobody. */
export function watchQueue({ layout, log }: Pick<Context, "layout" | "log">, wake: () => void): QueueWatch {
  let isWarned = false;
  const others = open([layout.cancel, layout.schedules]);
  let queue: FSWatcher | undefined = open([layout.queue]);
  return { rest, close };

  function rest(waiting: number) {
    if (waiting <= REST_ABOVE) queue ??= open([layout.queue]);
    else if (queue) {
      closing(queue);
      queue = undefined;
    }
  }

  async function close() {
    await Promise.all([others.close(), queue?.close()]);
  }

  function open(folders: string[]): FSWatcher {
    const options = { depth: 0, ignoreInitial: true, atomic: false };
    return (
      watch(folders, {
        ...options,
        ignored: (path, stats) =>
          !folders.includes(path) && (!isQueuedName(layout, basename(path)) || stats?.isDirectory() === true),
      })
        .on("add", wake)
        .on("change", wake)
        // What came before the watch had begun is not an event.
        .on("ready", wake)
        .on("error", complain)
    );
  }

  function closing(watcher: FSWatcher) {
    watcher.close().catch(complain);
  }

  function complain(error: unknown) {
    if (!isWarned) log.warn(`The queue can't be watched (${(error as Error).message}): looking every few seconds.`);
    isWarned = true;
  }
}
