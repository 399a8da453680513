const KEPT = 30;
const SECONDS = 5;

/** Gives what was made for a key a moment ago, or makes it. */
export type ForAWhile<T> = (key: string, now: number, make: () => T) => T;

/** Keeps what was made for five seconds: however many people look at the same, it is made once. */
export function forAWhile<T>(): ForAWhile<T> {
  const kept = new Map<string, { until: number; made: T }>();
  return (key, now, make) => {
    const known = kept.get(key);
    if (known && now < known.until) return known.made;
    kept.delete(key);
    for (const oldest of kept.keys()) {
      if (kept.size < KEPT) break;
      kept.delete(oldest);
    }
    const made = make();
    kept.set(key, { until: now + SECONDS * 1000, made });
    return made;
  };
}
