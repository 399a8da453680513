import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";

/** A log with this content, in a folder of its own that goes with the test. */
export function logWith(t: TestContext, content: string | Buffer): string {
  const folder = mkdtempSync(join(tmpdir(), "log-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, "job.log");
  writeFileSync(path, content);
  return path;
}

/** Adds `times` copies of a text to a log, never holding more than a megabyte of it. */
export function addCopies(path: string, text: string, times: number): void {
  const copies = Math.max(1, Math.min(times, Math.floor((1024 * 1024) / text.length)));
  const block = Buffer.from(text.repeat(copies));
  const file = openSync(path, "a");
  let left = times;
  for (; left >= copies; left -= copies) writeSync(file, block);
  if (left > 0) writeSync(file, text.repeat(left));
  closeSync(file);
}

/** `count` lines of a job, `<time> line 1` and on. */
export function plainLines(count: number): string {
  return Array.from({ length: count }, (_, index) => `2026-11-23T10:00:00.000Z line ${index + 1}\n`).join("");
}

/** Runs something, and says by how many bytes the memory of this process had grown at most meanwhile. */
export async function growthOf(run: () => Promise<unknown>): Promise<number> {
  const before = process.memoryUsage.rss();
  let most = before;
  const look = () => {
    most = Math.max(most, process.memoryUsage.rss());
  };
  const timer = setInterval(look, 5);
  await run().finally(() => clearInterval(timer));
  look();
  return most - before;
}
