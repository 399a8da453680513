import { LRUCache } from "lru-cache";

/** Gives a cached answer, or makes it. An `expensive` one may be a little old. */
export type CachedQuery = <T>(name: string, query: object, answer: () => T, expensive?: "expensive") => T;

const LONG = 20;
const REST = 30;

/**
 * Caches answers as long as the version stands. An expensive one, for which every job is looked at, is kept for thirty
 * times as long as it took even when jobs come in meanwhile: however many ask, it takes a thirtieth of the time at most.
 */
export function queryCache(version: () => number, now = () => performance.now()): CachedQuery {
  const cache = new LRUCache<string, { answer: unknown; version: number; until: number }>({ max: 64 });
  return <T>(name: string, query: object, answer: () => T, expensive?: "expensive"): T => {
    const { limit: _limit, before: _before, after: _after, ...rest } = query as Record<string, unknown>;
    const key = `${name} ${JSON.stringify(Object.entries(rest).sort())}`;
    const started = now();
    const cached = cache.get(key);
    const current = version();
    if (cached && (cached.version === current || started < cached.until)) return cached.answer as T;
    const made = answer();
    const took = now() - started;
    cache.set(key, { answer: made, version: current, until: expensive && took > LONG ? now() + REST * took : 0 });
    return made;
  };
}
