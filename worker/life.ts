import { setImmediate as next } from "node:timers/promises";
import { layoutOf, prepareLayout } from "../files/layout.ts";
import { TIMING } from "./context.ts";
import { takeLock } from "./lock.ts";
import type { startOwnSpark } from "./own-spark.ts";
import type { Log } from "./print.ts";
import { type StartOptions, startWorker } from "./worker.ts";

/** What a worker lives with: `spark` starts the Spark of its own, where it has one. */
export interface LifeOptions extends Omit<StartOptions, "layout"> {
  log: Log;
  spark?: typeof startOwnSpark;
}

// npm passes Ctrl-C on to a process that got it from the terminal already: two so near to each other are one.
const SAME = 1000;

/** Lives as the worker of DATA_DIR, or stands by to become it, until a signal ends it. */
export async function liveAsWorker({ spark, ...options }: LifeOptions): Promise<void> {
  const { settings, log } = options;
  const layout = layoutOf(settings.DATA_DIR);
  prepareLayout(layout);
  const told = stopSignals();
  const standby = new AbortController();
  const how = told.then(wish => {
    standby.abort();
    return wish;
  });
  const unlock = await takeLock(layout, log, options.timing?.standBy ?? TIMING.standBy, standby.signal);
  if (!unlock) return;
  const own = await spark?.(settings, log);
  const worker = startWorker({ ...options, layout });
  log.info(`watching ${layout.queue}`);
  const wish = await how;
  log.info(wish === "leave" ? "stopping; running engines go on" : "stopping; asking the engines to stop");
  await worker.stop(wish);
  await own?.stop(wish);
  unlock();
  log.info("stopped");
  await next();
}

// TERM, and a terminal that is closed, leave the engines to the next worker. Ctrl-C ends them. A second one ends now.
function stopSignals(): Promise<"leave" | "requeue"> {
  const { promise, resolve } = Promise.withResolvers<"leave" | "requeue">();
  let first: { signal: string; at: number } | undefined;
  for (const signal of ["SIGTERM", "SIGHUP", "SIGINT"] as const) {
    process.on(signal, () => {
      const now = Date.now();
      if (first && (first.signal !== signal || now - first.at > SAME)) process.exit(1);
      first ??= { signal, at: now };
      resolve(signal === "SIGINT" ? "requeue" : "leave");
    });
  }
  return promise;
}
