import { lstatSync, readdirSync, readFileSync, type Stats, statSync } from "node:fs";
import { join } from "node:path";
import type { JobFile } from "../jobs/envelope.ts";
import { isId } from "../jobs/id.ts";
import type { JobRecord } from "../jobs/record.ts";
import type { Claim, Retry } from "../jobs/running.ts";
import { archivedRecord, type Layout, runningFiles } from "./layout.ts";

/** A file that waits in queue/. One that was dropped by hand has no id before its claim, and may be anything. */
export interface QueuedJob {
  state: "queued";
  name: string;
  id?: string;
  /** What it says, not yet checked; undefined where it can't be read as an object. */
  file?: JobFile;
  stats: Stats;
  /** Where it waits for another attempt. */
  retry?: Retry;
}

/** A job that the worker has taken. */
export interface RunningJob {
  state: "running";
  id: string;
  claim: Claim;
  file: JobFile;
}

/** A job in the archive. */
export interface EndedJob {
  state: "ended";
  id: string;
  record: JobRecord;
  path: string;
}

/** The job of this id, wherever it is now. */
export function findJob(layout: Layout, id: string): QueuedJob | RunningJob | EndedJob | undefined {
  if (!isId(id)) return undefined;
  // A job may move while it is looked for; the second look finds what moved behind the first one's back.
  return lookFor(layout, id) ?? lookFor(layout, id);
}

/** What waits in queue/: the most urgent first, then the oldest, as the worker takes it. */
export function listQueued(layout: Layout): QueuedJob[] {
  const names = jsonNames(layout.queue).filter(name => join(layout.queue, name) !== layout.heartbeat);
  const found = names.flatMap(name => readQueued(layout, name) ?? []);
  return found.sort(bySubmission);
}

/** Orders what waits as the worker takes it. */
export function bySubmission(a: QueuedJob, b: QueuedJob): number {
  return priority(b) - priority(a) || (since(a) < since(b) ? -1 : 1);
}

/** What the worker has taken, the oldest first. */
export function listRunning(layout: Layout): RunningJob[] {
  const ids = jsonNames(layout.running).map(name => name.slice(0, -".json".length));
  return ids.filter(isId).flatMap(id => readRunning(layout, id) ?? []);
}

/** The records that came into the archive last, the newest first; only those that are wanted. */
export function listEnded(
  layout: Layout,
  limit: number,
  wanted: (record: JobRecord) => boolean = () => true,
): EndedJob[] {
  const months = readdirSync(layout.archive).filter(name => /^\d{4}-\d{2}$/.test(name));
  const found: EndedJob[] = [];
  for (const month of months.sort().reverse()) {
    if (found.length >= limit) break;
    const paths = jsonNames(join(layout.archive, month)).map(name => join(layout.archive, month, name));
    const dated = paths.map(path => ({ path, at: statSync(path).mtimeMs })).sort((a, b) => b.at - a.at);
    for (const { path } of dated) {
      if (found.length >= limit) break;
      found.push(...readEnded(path).filter(({ record }) => wanted(record)));
    }
  }
  return found.sort((a, b) => b.record.sequence - a.record.sequence);
}

/** Every id there is. */
export function knownIds(layout: Layout): string[] {
  const months = readdirSync(layout.archive).filter(name => /^\d{4}-\d{2}$/.test(name));
  const folders = [layout.queue, layout.running, ...months.map(month => join(layout.archive, month))];
  const ids = folders.flatMap(folder => jsonNames(folder).map(name => name.slice(0, -".json".length)));
  return ids.filter(isId);
}

/** When a job was submitted, as far as its file may be asked. */
export function since({ file, retry, stats }: QueuedJob): string {
  const said = retry?.origin.submittedAt ?? file?.submittedAt;
  return typeof said === "string" ? said : stats.mtime.toISOString();
}

function priority({ file }: QueuedJob): number {
  return typeof file?.priority === "number" ? file.priority : 0;
}

function lookFor(layout: Layout, id: string): QueuedJob | RunningJob | EndedJob | undefined {
  const path = archivedRecord(layout, id);
  const ended = path === undefined ? undefined : readEnded(path)[0];
  if (ended) return ended;
  const running = readRunning(layout, id);
  if (running) return running;
  const queued = readQueued(layout, `${id}.json`);
  return queued?.id === id ? queued : listQueued(layout).find(other => other.id === id);
}

/** What a file of queue/ says; undefined where it is not there. */
export function readQueued(layout: Layout, name: string): QueuedJob | undefined {
  const path = join(layout.queue, name);
  const stats = lstatSync(path, { throwIfNoEntry: false });
  if (!stats || stats.isDirectory()) return undefined;
  const file = stats.isFile() && stats.size <= 1024 * 1024 ? tolerant<JobFile>(path) : undefined;
  const own = name.slice(0, -".json".length);
  const retry = isId(own) ? tolerant<Retry>(runningFiles(layout, own).retry) : undefined;
  const id = retry ? own : typeof file?.id === "string" && isId(file.id) ? file.id : undefined;
  return { state: "queued", name, stats, ...(id && { id }), ...(file && { file }), ...(retry && { retry }) };
}

function readRunning(layout: Layout, id: string): RunningJob | undefined {
  const files = runningFiles(layout, id);
  const claim = tolerant<Claim>(files.claim);
  const file = tolerant<JobFile>(files.job);
  return claim && file && { state: "running", id, claim, file };
}

function readEnded(path: string): EndedJob[] {
  const record = tolerant<JobRecord>(path);
  return record && typeof record.id === "string" ? [{ state: "ended", id: record.id, record, path }] : [];
}

function jsonNames(folder: string): string[] {
  return readdirSync(folder).filter(name => name.endsWith(".json") && !name.startsWith("."));
}

function tolerant<T extends object>(path: string): T | undefined {
  try {
    const value: unknown = JSON.parse(readFileSync(path, "utf8"));
    return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as T) : undefined;
  } catch {
    return undefined;
  }
}
