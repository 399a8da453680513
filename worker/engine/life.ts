import { setImmediate as next } from "node:timers/promises";
import type { Heartbeat } from "../../core/store/heartbeat.ts";
import { layoutOf, prepareLayout } from "../../core/store/layout.ts";
import type { Log } from "../../core/system/console-log.ts";
import { TIMING } from "../context.ts";
import type { startOwnSpark } from "../health/own-spark.ts";
import { takeLock } from "../lock.ts";
import { onceThereIsRoom } from "../no-room.ts";
import { type StartOptions, startWorker } from "../worker.ts";

/** Options of a worker process. `spark` starts a Spark that belongs to the worker, if the settings ask for one. */
export interface LifeOptions extends Omit<StartOptions, "layout"> {
  log: Log;
  spark?: typeof startOwnSpark;
  /** Takes the folder over from a worker on another host that gives no sign of life. */
  takeOver?: boolean;
}

// The terminal sends Ctrl-C to the worker, and npm forwards it once more: two signals within this time count as one.
const SAME = 1000;

/** Runs the worker of DATA_DIR until a signal ends it. Stands by while another worker is active. */
export async function liveAsWorker({ spark, takeOver, ...options }: LifeOptions): Promise<void> {
  const { settings, log } = options;
  const layout = layoutOf(settings.DATA_DIR);
  const isWarned = stopSignals();
  const standby = new AbortController();
  const how = isWarned.then(stopMode => {
    standby.abort();
    return stopMode;
  });
  const { standBy, silence } = { ...TIMING, ...options.timing };
  const { promise: replaced, resolve: onReplaced } = Promise.withResolvers<Heartbeat>();
  const begun = await onceThereIsRoom(layout, log, standBy, standby.signal, async () => {
    prepareLayout(layout);
    const unlock = await takeLock(layout, log, standBy, standby.signal, takeOver ? silence : undefined);
    if (!unlock) return undefined;
    try {
      const own = await spark?.(settings, log, { stopping: standby.signal });
      return { unlock, own, worker: startWorker({ ...options, layout, onReplaced }) };
    } catch (error) {
      unlock();
      throw error;
    }
  });
  if (!begun) return;
  const { unlock, own, worker } = begun;
  log.info(`watching ${layout.queue}`);
  const stopMode = await Promise.race([how, replaced]);
  if (typeof stopMode === "object") {
    await own?.stop("requeue");
    throw new Error(
      `The worker on ${stopMode.host} (process ${stopMode.pid}) has taken this folder over: this one ends, and its engines with it.`,
    );
  }
  log.info(stopMode === "leave" ? "stopping; running engines go on" : "stopping; asking the engines to stop");
  await worker.stop(stopMode);
  await own?.stop(stopMode);
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
