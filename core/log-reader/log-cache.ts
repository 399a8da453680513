import { LRUCache } from "lru-cache";
import { type LogSourceFile, readLogAt } from "./source.ts";

/** What is known of the first `upTo` bytes of a log. */
export interface CachedLog<T> {
  readonly upTo: number;
  readonly value: T;
  /** Learns more: what the last one knew comes in, what is known then comes out. Steps wait for each other. */
  grow(source: LogSourceFile, step: (known: CachedValue<T>) => Promise<CachedValue<T>>): Promise<void>;
}

export interface CachedValue<T> {
  upTo: number;
  value: T;
}

/**
 * Keeps what was found out about the logs that were asked for last, as long as they only grow: of each, the bytes before
 * `upTo` are kept too, and a log that was cut off or written anew is a new one.
 */
export function logCache<T>(fresh: () => T, most = 64): (source: LogSourceFile) => Promise<CachedLog<T>> {
  const cache = new LRUCache<string, Entry<T>>({ max: most });
  return async source => {
    const cached = cache.get(source.file);
    const entry = cached && (await isSame(source, cached.upTo, cached.seam)) ? cached : begin(fresh());
    cache.set(source.file, entry);
    return entry;
  };
}

interface Entry<T> extends CachedLog<T> {
  readonly seam: Buffer;
}

function begin<T>(value: T): Entry<T> {
  let lastStep: Promise<void> = Promise.resolve();
  const entry = {
    upTo: 0,
    value,
    seam: Buffer.alloc(0),
    grow(source: LogSourceFile, step: (known: CachedValue<T>) => Promise<CachedValue<T>>): Promise<void> {
      const mine = lastStep.then(async () => {
        const { upTo, value } = await step(entry);
        const length = Math.min(SEAM, upTo);
        const seam = await readLogAt(source, upTo - length, length);
        // All at once, since others look while we read.
        Object.assign(entry, { upTo, value, seam });
      });
      lastStep = mine.catch(() => undefined);
      return mine;
    },
  };
  return entry;
}

async function isSame(source: LogSourceFile, upTo: number, seam: Buffer): Promise<boolean> {
  return source.size >= upTo && (await readLogAt(source, upTo - seam.length, seam.length)).equals(seam);
}

const SEAM = 64;
