import { setTimeout as sleep } from "node:timers/promises";
import { LRUCache } from "lru-cache";
import { errorMessageOf } from "./errors.ts";

/** A list with the time at which it was true (ISO, UTC). `pending`: ask again soon, a newer one is on its way. */
export interface Listed<T> {
  items: T[];
  at: string;
  pending: boolean;
  error?: string;
}

/** Lists of names, cached for a while. */
export interface ListCache {
  /** Waits until the list is fresh, at most `within`; then returns what is known while the request goes on. Never throws. */
  get(key: string, ask: () => Promise<string[]>): Promise<Listed<string>>;
  forget(key: string): void;
}

/** How long lists stay fresh and how long a caller is made to wait, in milliseconds. `isUnavailable`: it is worth asking again. */
export interface ListCacheOptions {
  maxAge: number;
  within: number;
  isUnavailable(error: unknown): boolean;
}

interface CachedList {
  items: string[];
  at: number;
  freshUntil: number;
  failed?: { error: string; unavailable: boolean };
}

const FAILED_FOR = 5_000;
const UNAVAILABLE_FOR = 500;
// Keys come from URLs: what nobody asks for any more must not stay for ever.
const AT_MOST = 500;

/** Lists by key, each asked once however many wait for it. */
export function listCache({ maxAge, within, isUnavailable }: ListCacheOptions): ListCache {
  const cache = new LRUCache<string, CachedList>({ max: AT_MOST });
  const underWay = new Map<string, Promise<void>>();

  const keep = (key: string, own: Promise<void>, entry: CachedList) => {
    if (underWay.get(key) !== own) return; // forgotten meanwhile
    underWay.delete(key);
    cache.set(key, entry);
  };
  const begin = (key: string, ask: () => Promise<string[]>): Promise<void> => {
    const own: Promise<void> = ask().then(
      items => keep(key, own, { items, at: Date.now(), freshUntil: Date.now() + maxAge }),
      error => {
        const { items = [], at = Date.now() } = cache.get(key) ?? {};
        const unavailable = isUnavailable(error);
        const freshUntil = Date.now() + (unavailable ? UNAVAILABLE_FOR : FAILED_FOR);
        keep(key, own, { items, at, freshUntil, failed: { error: errorMessageOf(error), unavailable } });
      },
    );
    underWay.set(key, own);
    return own;
  };
  return {
    async get(key, ask) {
      const cached = cache.get(key);
      if (!cached || cached.freshUntil <= Date.now()) {
        await Promise.race([underWay.get(key) ?? begin(key, ask), sleep(within, undefined, { ref: false })]);
      }
      const { items, at, failed } = cache.get(key) ?? { items: [], at: Date.now() };
      return {
        items,
        at: new Date(at).toISOString(),
        pending: underWay.has(key) || failed?.unavailable === true,
        ...(failed && { error: failed.error }),
      };
    },
    forget(key) {
      cache.delete(key);
      underWay.delete(key);
    },
  };
}
