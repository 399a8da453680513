import { lstatSync, readFileSync, type Stats } from "node:fs";
import { basename, join } from "node:path";
import type { JobFile } from "../jobs/envelope.ts";
import { isId } from "../jobs/id.ts";
import { parseJson } from "../jobs/parse/json.ts";
import { type JobRecord, recordShape } from "../jobs/record.ts";
import { type Claim, claimShape, type Retry, retryShape } from "../jobs/running.ts";
import { findShaped } from "../system/json.ts";
import { tolerant } from "../system/tolerant.ts";
import { archiveMonths, recordPaths } from "./archive.ts";
import { archivedRecord, isQueuedName, type Layout, runningFiles } from "./layout.ts";
import { jsonName, jsonNames, stemOf } from "./names.ts";
import { readStored, storedAt } from "./packed.ts";

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
  const names = jsonNames(layout.queue).filter(name => isQueuedName(layout, name));
  const found = names.flatMap(name => readQueued(layout, name) ?? []);
  return found.sort(bySubmission);
}

/** Orders what waits as the worker takes it. */
export function bySubmission(a: QueuedJob, b: QueuedJob): number {
  return priority(b) - priority(a) || (waitingSince(a) < waitingSince(b) ? -1 : 1);
}

/** What the worker has taken, the oldest first. */
export function listRunning(layout: Layout): RunningJob[] {
  const ids = jsonNames(layout.running).map(stemOf);
  return ids.filter(isId).flatMap(id => readRunning(layout, id) ?? []);
}

/** The records that came into the archive last, the newest first; only those that are wanted. */
export function listEnded(
  layout: Layout,
  limit: number,
  wanted: (record: JobRecord) => boolean = () => true,
): EndedJob[] {
  const found: EndedJob[] = [];
  for (const month of archiveMonths(layout).reverse()) {
    if (found.length >= limit) break;
    const paths = recordPaths(layout, month);
    const dated = paths.map(path => ({ path, at: storedAt(path) })).sort((a, b) => b.at - a.at);
    for (const { path } of dated) {
      if (found.length >= limit) break;
      found.push(...readEnded(path).filter(({ record }) => wanted(record)));
    }
  }
  return found.sort((a, b) => b.record.sequence - a.record.sequence);
}

/** Every id there is. */
export function knownIds(layout: Layout): string[] {
  const ids = [layout.queue, layout.running].flatMap(folder => jsonNames(folder).map(stemOf));
  const archived = archiveMonths(layout).flatMap(month => recordPaths(layout, month));
  return [...ids, ...archived.map(path => stemOf(basename(path)))].filter(isId);
}

/** When a job was submitted, as far as its file may be asked. */
export function waitingSince({ file, retry, stats }: QueuedJob): string {
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
  const queued = readQueued(layout, jsonName(id));
  return queued?.id === id ? queued : listQueued(layout).find(other => other.id === id);
}

/** What a file of queue/ says; undefined where it is not there. */
export function readQueued(layout: Layout, name: string): QueuedJob | undefined {
  const path = join(layout.queue, name);
  const stats = lstatSync(path, { throwIfNoEntry: false });
  if (!stats || stats.isDirectory()) return undefined;
  const file = stats.isFile() && stats.size <= 1024 * 1024 ? jobFileAt(path) : undefined;
  const own = stemOf(name);
  const retry = isId(own) ? findShaped(runningFiles(layout, own).retry, retryShape) : undefined;
  const id = retry ? own : typeof file?.id === "string" && isId(file.id) ? file.id : undefined;
  return { state: "queued", name, stats, ...(id && { id }), ...(file && { file }), ...(retry && { retry }) };
}

function readRunning(layout: Layout, id: string): RunningJob | undefined {
  const files = runningFiles(layout, id);
  const claim = findShaped(files.claim, claimShape);
  const file = jobFileAt(files.job);
  return claim && file && { state: "running", id, claim, file };
}

function readEnded(path: string): EndedJob[] {
  try {
    const { data: record } = tolerant(recordShape).safeParse(parseJson(readStored(path).toString()));
    return record ? [{ state: "ended", id: record.id, record, path }] : [];
  } catch {
    return [];
  }
}

// People write these: whatever is an object is shown, right or wrong.
function jobFileAt(path: string): JobFile | undefined {
  try {
    const value: unknown = parseJson(readFileSync(path, "utf8"));
    return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as JobFile) : undefined;
  } catch {
    return undefined;
  }
}
