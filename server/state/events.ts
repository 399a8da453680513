import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { LRUCache } from "lru-cache";
import type { JobEvent } from "../../core/jobs/events.ts";
import { eventShape } from "../../core/jobs/events.ts";
import { type JobProgress, progressOf } from "../../core/jobs/progress.ts";
import { eventsFile, type Layout } from "../../core/store/layout.ts";
import { readPacked } from "../../core/store/packed.ts";
import { lineOf, parseLines } from "../../core/system/ndjson.ts";

interface Read {
  inode: number;
  size: number;
  events: JobEvent[];
  progress?: JobProgress;
}

const cache = new LRUCache<string, Read>({ max: 200 });

/** The events of a job so far. Only what came since the last call is read: pages ask every second. */
export function eventsOf(layout: Layout, id: string): readonly JobEvent[] {
  return read(eventsFile(layout, id))?.events ?? [];
}

/** Where a job is now. */
export function progressOfJob(layout: Layout, id: string): JobProgress {
  const found = read(eventsFile(layout, id));
  if (!found) return progressOf([]);
  found.progress ??= progressOf(found.events);
  return found.progress;
}

function read(path: string): Read | undefined {
  let file: number;
  try {
    file = openSync(path, "r");
  } catch {
    cache.delete(path);
    const packed = readPacked(path);
    return packed && { inode: 0, size: packed.length, events: parseLines(packed.toString(), eventShape) };
  }
  try {
    const { ino: inode, size } = fstatSync(file);
    const before = cache.get(path);
    const from = before?.inode === inode && before.size <= size ? before : { inode, size: 0, events: [] };
    const now = size === from.size ? from : more(file, from, size);
    cache.set(path, now);
    return now;
  } finally {
    closeSync(file);
  }
}

// A last line that is not whole yet is read again the next time.
function more(file: number, { inode, size: from, events }: Read, to: number): Read {
  const bytes = Buffer.alloc(to - from);
  const got = readSync(file, bytes, 0, bytes.length, from);
  const end = bytes.subarray(0, got).lastIndexOf(10) + 1;
  const lines = bytes.subarray(0, end).toString().split("\n");
  return { inode, size: from + end, events: [...events, ...lines.flatMap(line => lineOf(line, eventShape) ?? [])] };
}
