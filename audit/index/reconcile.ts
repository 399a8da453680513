import { once } from "node:events";
import { Worker } from "node:worker_threads";
import type { Layout } from "../../files/layout.ts";

// Records are read one at a time: this is plenty, and keeps the portal small.
const LIMITS = { maxOldGenerationSizeMb: 128, maxYoungGenerationSizeMb: 16 };

/** Compares the archive with its index in a thread of its own: the event loop never waits. One at a time. */
export function reconciler(layout: Layout): { run(): Promise<number>; running(): boolean; end(): void } {
  let worker: Worker | undefined;
  let result: Promise<number> | undefined;
  return {
    run() {
      result ??= compare().finally(() => {
        worker = undefined;
        result = undefined;
      });
      return result;
    },
    running: () => result !== undefined,
    end: () => void worker?.terminate(),
  };

  async function compare(): Promise<number> {
    worker = new Worker(new URL("./compare-thread.ts", import.meta.url), {
      workerData: layout,
      resourceLimits: LIMITS,
    });
    let added: number | undefined;
    worker.on("message", (message: number) => {
      added = message;
    });
    // Rejects with what the thread threw.
    await once(worker, "exit");
    return added ?? 0;
  }
}
