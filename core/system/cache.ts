import { LRUCache } from "lru-cache";

/** How many values are kept, those that were used last, and for how many milliseconds at most; without `ttl` they don't age. */
export interface CacheLimits {
  max: number;
  ttl?: number;
}

/** Returns a function that gives the value of a key from the cache, or makes it. */
export function memoized<V extends NonNullable<unknown>>(limits: CacheLimits): (key: string, make: () => V) => V {
  // What is too old is dropped then, and not only when others need its place.
  const cache = new LRUCache<string, V>({ ...limits, ttlAutopurge: limits.ttl !== undefined });
  return (key, make) => {
    const cached = cache.get(key);
    if (cached !== undefined) return cached;
    const made = make();
    cache.set(key, made);
    return made;
  };
}

/** The same for what takes time: callers share a request that is under way. Failures are not cached. */
export function memoizedAsync(limits: CacheLimits): <T>(key: string, request: () => Promise<T>) => Promise<T> {
  const cache = new LRUCache<string, Promise<unknown>>(limits);
  return <T>(key: string, request: () => Promise<T>) => {
    const cached = cache.get(key) as Promise<T> | undefined;
    if (cached) return cached;
    const made = request();
    cache.set(key, made);
    made.catch(() => {
      if (cache.peek(key) === made) cache.delete(key);
    });
    return made;
  };
}

const answers = new WeakMap<object, ReturnType<typeof memoizedAsync>>();

/** Caches answers of one portal by `about`, which must name a snapshot, so that they never change. Failures are not cached. */
export function cachedAnswer<T>(portal: object, about: unknown, ask: () => Promise<T>): Promise<T> {
  const cache = answers.get(portal) ?? memoizedAsync({ max: 200 });
  answers.set(portal, cache);
  return cache(JSON.stringify(about), ask);
}
