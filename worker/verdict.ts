import { closeSync, existsSync, fstatSync, openSync, readSync, writeSync } from "node:fs";
import { gate } from "../files/gate.ts";
import { type Layout, logFile } from "../files/layout.ts";
import type { Claim } from "../jobs/running.ts";

/** Writes how an attempt ended as the last line of its log, once. A job that never ran has no log. */
export function writeVerdict(layout: Layout, claim: Pick<Claim, "id" | "attempt">, verdict: string): void {
  const path = logFile(layout, claim.id, claim.attempt);
  if (!existsSync(path)) return;
  gate("write verdict");
  const file = openSync(path, "a+", 0o640);
  try {
    const line = Buffer.from(`${verdict}\n`);
    const { size } = fstatSync(file);
    const end = Buffer.alloc(Math.min(size, line.length + 1));
    readSync(file, end, 0, end.length, size - end.length);
    const torn = end.length > 0 && end.at(-1) !== 10 ? "\n" : "";
    if (!end.subarray(-line.length).equals(line)) writeSync(file, `${torn}${verdict}\n`);
  } finally {
    closeSync(file);
  }
}
