import type { Context } from "../context.ts";
import { watchArrivals } from "./arrivals.ts";
import { createSchedules } from "./schedules.ts";

/** What drops jobs by itself: schedules and watched folders. */
export interface Triggers {
  /** Drops what is due. */
  check(): void;
  nextDue(): number | undefined;
  close(): Promise<void>;
}

/** The triggers of a worker. `wake` is called when a file in a watched folder is complete. */
export function createTriggers(context: Context, wake: () => void): Triggers {
  const { timing, log, arrivals } = context;
  const schedules = createSchedules(context);
  const arriving = watchArrivals(context, arrivals, complete);
  let checkedAt = 0;
  return { check, nextDue: () => schedules.nextDue(Date.now()), close: arriving.close };

  function check() {
    const now = Date.now();
    try {
      schedules.check(now);
      // A folder may hold many files: they are not looked at whenever a job ends.
      if (now - checkedAt < timing.scanEvery / 2) return;
      checkedAt = now;
      arriving.check(now);
    } catch (error) {
      log.error(`Schedules and arrivals can't be looked at: ${(error as Error).message}`);
    }
  }

  function complete() {
    checkedAt = 0;
    wake();
  }
}
