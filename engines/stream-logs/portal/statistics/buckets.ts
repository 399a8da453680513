/** Requests in a stretch of time that begins at a moment, in seconds since 1970. */
export interface TimeBucket {
  at: number;
  requests: number;
  errors: number;
}

const BUCKET_SECONDS = [1, 5, 10, 30, 60, 300, 600, 1800, 3600, 10_800, 21_600, 86_400, 604_800];
const MOST = 80;

/** The shortest stretch, in seconds, of which a span of so many seconds has no more than a chart takes. */
export function bucketSeconds(seconds: number): number {
  return BUCKET_SECONDS.find(bucket => seconds / bucket < MOST) ?? Math.ceil(seconds / MOST / 604_800) * 604_800;
}

/** Every stretch from the first to the last, those without requests too, with ISO times. */
export function fillBuckets(
  all: readonly TimeBucket[],
  bucket: number,
): { at: string; requests: number; errors: number }[] {
  const found = new Map<number, TimeBucket>();
  for (const { at, requests, errors } of all) {
    const slot = Math.floor(at / bucket);
    const { requests: more = 0, errors: failed = 0 } = found.get(slot) ?? {};
    found.set(slot, { at: slot * bucket, requests: requests + more, errors: errors + failed });
  }
  if (found.size === 0) return [];
  const [first, last] = [Math.min(...found.keys()), Math.max(...found.keys())];
  return Array.from({ length: Math.min(last - first + 1, 2 * MOST) }, (_, i) => {
    const { requests = 0, errors = 0 } = found.get(first + i) ?? {};
    return { at: new Date((first + i) * bucket * 1000).toISOString(), requests, errors };
  });
}
