import { createReadStream } from "node:fs";
import { pipeline } from "node:stream";
import { createGunzip } from "node:zlib";

/** Lines that follow each other in a file, without what ends them. */
export interface LineBatch {
  lines: Buffer[];
  /** The number of the first of them, from 0. */
  first: number;
  /** What they take up in the file, and where the next line begins in it. */
  bytes: number;
  next: number;
}

/** A place in a file: so many lines come before it, and so many bytes. */
export interface LinePlace {
  line: number;
  byte: number;
}

/** Reads a file a few lines at a time. */
export interface LineReader {
  /** At most so many lines, and no more than a batch of Kafka's may hold; undefined at the end of the file. */
  next(most: number): Promise<LineBatch | undefined>;
  /** What comes next. */
  place(): LinePlace;
  close(): void;
}

// A broker takes a megabyte at once unless it is told otherwise.
const BATCH_BYTES = 800_000;
const LONGEST = 16 * 1024 * 1024;
const NEWLINE = 10;
const RETURN = 13;

/**
 * Opens a file of any size, gzipped or not, at a place that is known, and goes on to a line behind it. Bytes count as they
 * are when unpacked.
 */
export async function openLines(
  path: string,
  from: LinePlace = { line: 0, byte: 0 },
  to: number = from.line,
): Promise<LineReader> {
  const packed = path.endsWith(".gz");
  // What is packed can only be read from its start.
  const start = packed ? 0 : from.byte;
  const file = createReadStream(path, { start, highWaterMark: 1024 * 1024 });
  const stream = packed ? pipeline(file, createGunzip({ chunkSize: 256 * 1024 }), () => {}) : file;
  const parts = stream[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  let rest: Buffer = Buffer.alloc(0);
  let at = 0;
  let ended = false;
  let { line, byte } = packed ? { line: 0, byte: 0 } : from;
  const reader: LineReader = {
    async next(most) {
      const chunk: LineBatch = { lines: [], first: line, bytes: 0, next: byte };
      while (chunk.lines.length < most && chunk.bytes < BATCH_BYTES) {
        const end = rest.indexOf(NEWLINE, at);
        if (end >= 0) {
          // A chunk does not outgrow a batch by its last line, unless that one fills it alone.
          if (chunk.lines.length > 0 && chunk.bytes + end - at > BATCH_BYTES) break;
          take(chunk, end, end + 1);
        } else if (!ended) await more();
        else if (at < rest.length) take(chunk, rest.length, rest.length);
        else break;
      }
      return chunk.lines.length > 0 ? chunk : undefined;
    },
    place: () => ({ line, byte }),
    close: () => stream.destroy(),
  };
  while (line < to) if (!(await reader.next(Math.min(10_000, to - line)))) break;
  return reader;

  function take(chunk: LineBatch, end: number, next: number): void {
    const cut = end > at && rest[end - 1] === RETURN ? end - 1 : end;
    chunk.lines.push(rest.subarray(at, cut));
    chunk.bytes += next - at;
    byte += next - at;
    chunk.next = byte;
    line += 1;
    at = next;
  }

  async function more(): Promise<void> {
    const pieces = [rest.subarray(at)];
    for (let size = pieces[0]?.length ?? 0; !ended; ) {
      const { value, done } = await parts.next();
      if (done) ended = true;
      else {
        pieces.push(value);
        size += value.length;
        if (value.includes(NEWLINE)) break;
        if (size > LONGEST) throw new Error(`Line ${line + 1} of ${path} is longer than 16 MB: that is no log.`);
      }
    }
    rest = Buffer.concat(pieces);
    at = 0;
  }
}
