import { fstatSync } from "node:fs";
import { readBytesAt } from "./lines-backwards.ts";

const NEWLINE = 10;

/** The end of a report: what stands before the lines of one job, and before a last line that a crash tore. */
export interface Tail {
  /** How many bytes stand before. */
  wholeBytes: number;
  /** The job of the line before; `job_id` where that is the header. */
  before: string;
}

/** Finds where the lines of a job belong. Reads the end of the report only. */
export function findTail(file: number, id: string): Tail {
  const { size } = fstatSync(file);
  for (let length = 4096; ; length *= 4) {
    const from = Math.max(0, size - length);
    const found = tailOf(readBytesAt(file, from, size - from), id, from === 0);
    if (found) return { ...found, wholeBytes: from + found.wholeBytes };
  }
}

// Undefined where the answer lies before the part that was read.
function tailOf(read: Buffer, id: string, whole: boolean): Tail | undefined {
  let wholeBytes = read.lastIndexOf(NEWLINE) + 1;
  while (wholeBytes > 0) {
    const start = wholeBytes === 1 ? 0 : read.lastIndexOf(NEWLINE, wholeBytes - 2) + 1;
    if (start === 0 && !whole) return undefined;
    const before = firstCell(read.subarray(start, wholeBytes));
    if (before !== id) return { wholeBytes, before };
    wholeBytes = start;
  }
  return whole ? { wholeBytes: 0, before: "" } : undefined;
}

function firstCell(line: Buffer): string {
  return line.subarray(0, Math.max(0, line.indexOf(","))).toString();
}
