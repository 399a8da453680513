import { readAt, type Source } from "./source.ts";

/** A part of a log: whole lines, or a piece of one that is longer than a chunk. Good until the next one is read. */
export interface Chunk {
  offset: number;
  bytes: Buffer;
  /** It begins in the middle of a line. */
  inLine: boolean;
}

/** How much is looked at in one go, in bytes. */
export const CHUNK = 256 * 1024;

/** Reads a log in chunks, always into the same room. */
export function chunksOf(source: Source) {
  const room = Buffer.allocUnsafeSlow(CHUNK);
  return {
    /** The chunk that begins at `start`; undefined at `limit`, and where the log was cut off. */
    async after(start: number, limit: number, inLine: boolean): Promise<Chunk | undefined> {
      const bytes = await readAt(source, start, Math.min(CHUNK, limit - start), room);
      if (bytes.length === 0) return undefined;
      const end = start + bytes.length >= limit ? bytes.length : bytes.lastIndexOf(10) + 1;
      return { offset: start, bytes: end > 0 ? bytes.subarray(0, end) : bytes, inLine };
    },
    /** The chunk that ends at `end`; `inLine` if it is all of one line. */
    async before(end: number): Promise<Chunk> {
      const start = Math.max(0, end - CHUNK);
      const bytes = await readAt(source, start, end - start, room);
      const cut = start === 0 ? 0 : bytes.indexOf(10) + 1;
      const isPiece = start > 0 && (cut === 0 || cut === bytes.length);
      return isPiece
        ? { offset: start, bytes, inLine: true }
        : { offset: start + cut, bytes: bytes.subarray(cut), inLine: false };
    },
  };
}
