import { type LogSourceFile, readLogAt } from "./source.ts";

/** A part of a log: whole lines, or a piece of one that is longer than a chunk. Good until the next one is read. */
export interface LogChunk {
  offset: number;
  bytes: Buffer;
  /** It begins in the middle of a line. */
  inLine: boolean;
}

/** How much is looked at in one go, in bytes. */
export const CHUNK_BYTES = 256 * 1024;

/** Reads a log in chunks, always into the same room. */
export function chunksOf(source: LogSourceFile) {
  const room = Buffer.allocUnsafeSlow(CHUNK_BYTES);
  return {
    /** The chunk that begins at `start`; undefined at `limit`, and where the log was cut off. */
    async after(start: number, limit: number, inLine: boolean): Promise<LogChunk | undefined> {
      const bytes = await readLogAt(source, start, Math.min(CHUNK_BYTES, limit - start), room);
      if (bytes.length === 0) return undefined;
      const end = start + bytes.length >= limit ? bytes.length : bytes.lastIndexOf(10) + 1;
      return { offset: start, bytes: end > 0 ? bytes.subarray(0, end) : bytes, inLine };
    },
    /** The chunk that ends at `end`; `inLine` if it is all of one line. */
    async before(end: number): Promise<LogChunk> {
      const start = Math.max(0, end - CHUNK_BYTES);
      const bytes = await readLogAt(source, start, end - start, room);
      const cut = start === 0 ? 0 : bytes.indexOf(10) + 1;
      const isPiece = start > 0 && (cut === 0 || cut === bytes.length);
      return isPiece
        ? { offset: start, bytes, inLine: true }
        : { offset: start + cut, bytes: bytes.subarray(cut), inLine: false };
    },
  };
}
