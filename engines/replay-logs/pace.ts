import { setTimeout as pause } from "node:timers/promises";

/** Says how many lines may be sent next, and waits until there are some. */
export interface Pace {
  next(signal: AbortSignal): Promise<number>;
}

// As many as a batch holds well; what is sent at a rate goes in ten batches a second at most.
const MOST = 4000;
const PER_SECOND = 10;

/** So many lines a second, or as fast as it goes. What is late by more than a second is not caught up with. */
export function paceOf(rate?: number, now = () => performance.now()): Pace {
  if (rate === undefined) return { next: async () => MOST };
  const batch = Math.min(MOST, Math.max(1, Math.round(rate / PER_SECOND)));
  let from = now();
  let sent = 0;
  return {
    async next(signal) {
      for (;;) {
        const due = ((now() - from) / 1000) * rate - sent;
        const late = due - Math.max(rate, batch);
        if (late > 0) from += (late / rate) * 1000;
        if (due >= batch) {
          sent += batch;
          return batch;
        }
        await pause(((batch - due) / rate) * 1000, undefined, { signal });
      }
    },
  };
}
