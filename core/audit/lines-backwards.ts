import { closeSync, fstatSync, openSync, readSync } from "node:fs";

const CHUNK = 64 * 1024;
const NEWLINE = 10;

/** A line of a file, and at which byte it starts. */
export interface FileLine {
  text: string;
  start: number;
}

/** The lines of a file before a byte, the last one first, read piece by piece; none where it is not there. */
export function* linesBackwards(path: string, before = Number.POSITIVE_INFINITY): Generator<FileLine> {
  const file = openIfThere(path);
  if (file === undefined) return;
  try {
    let rest: Buffer[] = [];
    for (let end = Math.min(before, fstatSync(file).size); end > 0; ) {
      const from = Math.max(0, end - CHUNK);
      const chunk = Buffer.alloc(end - from);
      readSync(file, chunk, 0, chunk.length, from);
      let until = chunk.length;
      for (let at = chunk.lastIndexOf(NEWLINE); at >= 0; at = chunk.subarray(0, at).lastIndexOf(NEWLINE)) {
        yield line([chunk.subarray(at + 1, until), ...rest], from + at + 1);
        rest = [];
        until = at;
      }
      rest.unshift(chunk.subarray(0, until));
      end = from;
    }
    yield line(rest, 0);
  } finally {
    closeSync(file);
  }
}

function line(parts: readonly Buffer[], start: number): FileLine {
  return { text: Buffer.concat(parts).toString(), start };
}

function openIfThere(path: string): number | undefined {
  try {
    return openSync(path, "r");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

/** Bytes of an open file from an offset on; fewer where it ends before. */
export function readBytesAt(file: number, from: number, length: number): Buffer {
  const bytes = Buffer.alloc(length);
  let read = 0;
  while (read < length) {
    const got = readSync(file, bytes, read, length - read, from + read);
    if (got === 0) break;
    read += got;
  }
  return bytes.subarray(0, read);
}
