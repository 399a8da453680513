import { readAt, type Source } from "./source.ts";

/** What is known of the first `upTo` bytes of a log. */
export interface Known<T> {
  readonly upTo: number;
  readonly value: T;
  /** Learns more: what the last one knew comes in, what is known then comes out. Steps wait for each other. */
  grow(source: Source, step: (known: Knowledge<T>) => Promise<Knowledge<T>>): Promise<void>;
}

export interface Knowledge<T> {
  upTo: number;
  value: T;
}

/**
 * Keeps what was found out about the logs that were asked for last, as long as they only grow: of each, the bytes before
 * `upTo` are kept too, and a log that was cut off or written anew is a new one.
 */
export function remembered<T>(fresh: () => T, most = 64): (source: Source) => Promise<Known<T>> {
  const all = new Map<string, Kept<T>>();
  return async source => {
    const found = all.get(source.file);
    const known = found && (await isSame(source, found.upTo, found.seam)) ? found : begin(fresh());
    all.delete(source.file);
    all.set(source.file, known);
    if (all.size > most) all.delete(all.keys().next().value ?? "");
    return known;
  };
}

interface Kept<T> extends Known<T> {
  readonly seam: Buffer;
}

function begin<T>(value: T): Kept<T> {
  let turn: Promise<void> = Promise.resolve();
  const known = {
    upTo: 0,
    value,
    seam: Buffer.alloc(0),
    grow(source: Source, step: (known: Knowledge<T>) => Promise<Knowledge<T>>): Promise<void> {
      const mine = turn.then(async () => {
        const { upTo, value } = await step(known);
        const length = Math.min(SEAM, upTo);
        const seam = await readAt(source, upTo - length, length);
        // All at once, since others look while we read.
        Object.assign(known, { upTo, value, seam });
      });
      turn = mine.catch(() => undefined);
      return mine;
    },
  };
  return known;
}

async function isSame(source: Source, upTo: number, seam: Buffer): Promise<boolean> {
  return source.size >= upTo && (await readAt(source, upTo - seam.length, seam.length)).equals(seam);
}

const SEAM = 64;
