import { statSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { askServer } from "../../connectors/spark/ask.ts";
import { ApplicationEnded } from "../../connectors/spark/errors.ts";
import { applicationEnd, logSince } from "../../connectors/spark/server/server-log.ts";
import { type Endpoints, readEndpoints } from "../../core/endpoints.ts";
import type { Settings } from "../../core/settings.ts";
import type { Log } from "../../core/system/console-log.ts";
import { endProcess } from "../../core/system/end-process.ts";
import { isAlive } from "../../core/system/process-identity.ts";

/** How often the worker looks after its Spark, and how long it waits before it starts it again, in milliseconds. */
export const WATCH_TIMING = {
  lookEvery: 2_000,
  /** A server whose application has ended lives on; only a question shows that. */
  askEvery: 15_000,
  backoffBase: 5_000,
  backoffCap: 300_000,
  /** One that has run so long is started again at once. */
  steadyAfter: 600_000,
};

export type WatchTiming = typeof WATCH_TIMING;

interface Watched {
  settings: Settings;
  log: Log;
  logFile: string;
  signal: AbortSignal;
  timing: WatchTiming;
  start(before: Endpoints["spark"]): Promise<void>;
}

/** Watches the Spark that services.json names until the signal, and starts it again whenever it is gone. Never throws. */
export async function keepRunning({ settings, log, logFile, signal, timing, start }: Watched): Promise<void> {
  const pause = (milliseconds: number) => sleep(milliseconds, undefined, { signal }).catch(() => undefined);
  const logSize = () => statSync(logFile, { throwIfNoEntry: false })?.size ?? 0;
  let since = Date.now();
  let from = logSize();
  let askedAt = Date.now();
  let tries = 0;
  for (await pause(timing.lookEvery); !signal.aborted; await pause(timing.lookEvery)) {
    const spark = readEndpoints(settings).spark;
    const why = await whyGone(spark).catch((error: Error) => {
      log.warn(error.message);
      return undefined;
    });
    if (!why || signal.aborted) continue;
    if (Date.now() - since > timing.steadyAfter) tries = 0;
    log.error(`Spark is gone: ${why}.`);
    await again(spark);
  }

  async function whyGone(spark: Endpoints["spark"]): Promise<string | undefined> {
    const said = () => applicationEnd(logSince(logFile, from));
    if (!spark || !isAlive(spark)) return said() ?? `its process ended; its log: ${logFile}`;
    if (Date.now() - askedAt < timing.askEvery) return undefined;
    const answer = await askServer(spark.url, 20_000).catch((error: unknown) => error);
    askedAt = Date.now();
    // One that is slow or hangs may have jobs that run: only one that can do nothing any more is ended.
    if (!(answer instanceof ApplicationEnded)) return undefined;
    await endProcess(spark);
    return said() ?? "its application was ended";
  }

  async function again(before: Endpoints["spark"]): Promise<void> {
    while (!signal.aborted) {
      if (tries > 0) {
        const wait = Math.min(timing.backoffCap, timing.backoffBase * 2 ** (tries - 1));
        log.info(`starting Spark again in ${Math.ceil(wait / 1000)} s`);
        await pause(wait);
      }
      tries += 1;
      if (signal.aborted) return;
      try {
        from = logSize();
        await start(before);
        since = Date.now();
        askedAt = since;
        return;
      } catch (error) {
        if (!signal.aborted) log.error((error as Error).message);
      }
    }
  }
}
