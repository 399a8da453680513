import { setTimeout as pause } from "node:timers/promises";
import { LRUCache } from "lru-cache";

/** What was found out last, and whether a newer answer is on its way. */
export interface Refreshed<T> {
  value?: T;
  error?: unknown;
  isPending: boolean;
}

interface Entry {
  value?: unknown;
  error?: unknown;
  asking?: Promise<void>;
  /** When it may be asked again, and since when it is what it is. */
  notBefore: number;
  at: number;
}

const LEAST_PAUSE = 1_500;
const OLD = 20_000;

/**
 * Keeps answers that grow old, by key. Whoever asks gets what is known, at most so many milliseconds later; the work goes
 * on behind. What took long is asked seldom, so that looking never takes more than a third of what is looked at.
 */
export function refreshingCache(): <T>(key: string, patience: number, ask: () => Promise<T>) => Promise<Refreshed<T>> {
  const cache = new LRUCache<string, Entry>({ max: 100 });
  return async (key, patience, ask) => {
    const entry: Entry = cache.get(key) ?? { notBefore: 0, at: 0 };
    cache.set(key, entry);
    if (!entry.asking && Date.now() >= entry.notBefore) begin(entry, ask);
    // Something that is a little old is better than a page that waits.
    const isOld = Date.now() - entry.at > OLD;
    if (entry.asking && isOld) await Promise.race([entry.asking, pause(patience, undefined, { ref: false })]);
    const { value, error } = entry as { value?: Awaited<ReturnType<typeof ask>>; error?: unknown };
    return { ...(value !== undefined && { value }), ...(error !== undefined && { error }), isPending: !!entry.asking };
  };
}

function begin(entry: Entry, ask: () => Promise<unknown>): void {
  const began = Date.now();
  const end = () => {
    delete entry.asking;
    entry.notBefore = Date.now() + Math.max(LEAST_PAUSE, 2 * (Date.now() - began));
  };
  entry.asking = ask().then(
    value => {
      entry.value = value;
      entry.at = Date.now();
      delete entry.error;
      end();
    },
    error => {
      entry.error = error;
      end();
    },
  );
}
