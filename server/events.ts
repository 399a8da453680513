import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { eventsFile, type Layout } from "../files/layout.ts";
import type { JobEvent } from "../jobs/events.ts";
import { type JobProgress, progressOf } from "../jobs/progress.ts";

interface Read {
  inode: number;
  size: number;
  events: JobEvent[];
  progress?: JobProgress;
}

const MOST = 200;
const known = new Map<string, Read>();

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
    known.delete(path);
    return undefined;
  }
  try {
    const { ino: inode, size } = fstatSync(file);
    const before = known.get(path);
    const from = before?.inode === inode && before.size <= size ? before : { inode, size: 0, events: [] };
    const now = size === from.size ? from : more(file, from, size);
    remember(path, now);
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
  return { inode, size: from + end, events: [...events, ...lines.flatMap(parsed)] };
}

function parsed(line: string): JobEvent[] {
  try {
    return line ? [JSON.parse(line) as JobEvent] : [];
  } catch {
    return [];
  }
}

function remember(path: string, now: Read): void {
  known.delete(path);
  known.set(path, now);
  for (const oldest of known.keys()) {
    if (known.size <= MOST) return;
    known.delete(oldest);
  }
}
