import { mkdirSync, statSync } from "node:fs";
import { z } from "zod";
import { marksBetween } from "../../connectors/kafka/marks.ts";
import type { TopicOffsets } from "../../connectors/kafka/topics.ts";
import type { Job } from "../../core/jobs/job.ts";
import { besideLogFile, type Layout } from "../../core/store/layout.ts";
import { replaceFile } from "../../core/system/atomic.ts";
import { readShaped, shapedJson } from "../../core/system/json.ts";
import type { ReplayLogs } from "./parameters.ts";

const offsets = z.record(z.string(), z.number());

const shape = z.strictObject({
  line: z.number(),
  byte: z.number(),
  /** Stands in the mark of every batch, also of the attempts and retries that go on with this one. */
  key: z.string(),
  topic: z.string(),
  /** What was sent is this file: its size and time of change. */
  file: z.string(),
  /** The ends of the topic when the first line was sent, and behind the last line that is known to be there. */
  starts: offsets,
  ends: offsets,
  /** Set when all lines are there. */
  complete: z.literal(true).exactOptional(),
});

/** How far a file was sent, kept beside the events of its job. */
export type ReplayPosition = z.infer<typeof shape>;

/** Where an attempt goes on: at the start, or where an earlier attempt, or the job that is tried again, has stopped. */
export function findPosition(layout: Layout, job: Job<ReplayLogs>, path: string, ends: TopicOffsets): ReplayPosition {
  const { topic } = job.parameters;
  const file = identityOf(path);
  const own = readPlace(layout, job.id);
  const before = own ?? (job.retryOf ? readPlace(layout, job.retryOf) : undefined);
  const fresh = { key: job.id, topic, file, line: 0, byte: 0, starts: ends, ends };
  // A retry of what was all sent sends it anew; an attempt that was killed at the very end has nothing left to do.
  if (!before || before.topic !== topic || (before.complete && !own)) return fresh;
  if (before.file !== file)
    throw new Error(
      `${path} has been changed since ${before.line} of its lines were sent: start a new job to send it from its beginning.`,
    );
  return before;
}

/** Keeps how far a job is, so that it is there after a crash. */
export function keepPosition(layout: Layout, id: string, place: ReplayPosition): void {
  // An engine that is run by hand may be the first here.
  mkdirSync(layout.logs, { recursive: true, mode: 0o700 });
  replaceFile(besideLogFile(layout, id, "replay"), shapedJson(shape, place));
}

/**
 * How many lines are there, those behind a place with them: the batch that was on its way when the engine was killed, and
 * those that came after the place was last kept. Batches come one after the other, so the last one says it all.
 */
export async function deliveredLines(brokers: string, place: ReplayPosition, ends: TopicOffsets): Promise<number> {
  // A topic that was made anew since has less than it had.
  const from = Object.fromEntries(Object.entries(ends).map(([p, end]) => [p, Math.min(place.ends[p] ?? 0, end)]));
  const marks = await marksBetween(brokers, place.topic, from, ends);
  const delivered = marks.flatMap(mark => {
    const [key, first, count] = mark.split("/");
    return key === place.key ? [Number(first) + Number(count)] : [];
  });
  return Math.max(place.line, ...delivered);
}

/** The mark of a batch. */
export function markOf(place: ReplayPosition, first: number, count: number): string {
  return `${place.key}/${first}/${count}`;
}

function readPlace(layout: Layout, id: string): ReplayPosition | undefined {
  return readShaped(besideLogFile(layout, id, "replay"), shape);
}

function identityOf(path: string): string {
  const { size, mtimeMs } = statSync(path);
  return `${size} bytes, ${new Date(mtimeMs).toISOString()}`;
}
