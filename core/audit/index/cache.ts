import { LRUCache } from "lru-cache";

/** Gives a cached answer, or makes it. */
export type CachedQuery = <T>(name: string, query: object, answer: () => T) => T;

/** Caches answers as long as the version stands. */
export function queryCache(version: () => number): CachedQuery {
  const cache = new LRUCache<string, { answer: unknown; version: number }>({ max: 64 });
  return <T>(name: string, query: object, answer: () => T): T => {
    const { limit: _limit, before: _before, after: _after, ...rest } = query as Record<string, unknown>;
    const key = `${name} ${JSON.stringify(Object.entries(rest).sort())}`;
    const cached = cache.get(key);
    const current = version();
    if (cached?.version === current) return cached.answer as T;
    const made = answer();
    cache.set(key, { answer: made, version: current });
    return made;
  };
}
