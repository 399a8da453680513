import { createReadStream, statSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { findBrokers } from "../../connectors/kafka/brokers.ts";
import { KafkaUnavailable } from "../../connectors/kafka/errors.ts";
import { openTopics, type TopicOffsets } from "../../connectors/kafka/topics.ts";
import { layoutOf } from "../../core/store/layout.ts";
import { findSource } from "../../formats/csv/source.ts";
import type { Engine, PlanContext, Step, StepContext } from "../engine.ts";
import type { ReplayLogs } from "./parameters.ts";
import { deliveredLines, findPosition, type ReplayPosition } from "./place.ts";
import { progressReporter, type ReportProgress } from "./report-progress.ts";
import { sampleLog } from "./sample-log.ts";
import { replayFileLines } from "./send.ts";

/** Sends a file line by line; goes on where an attempt before it, or the job that is tried again, has stopped. */
const engine: Engine<ReplayLogs, Detail> = { plan, run };

export default engine;

interface Detail {
  /** None where the sample is to be written first. */
  path?: string;
}

async function plan({ job, settings }: PlanContext<ReplayLogs>) {
  const { file, topic, linesPerSecond } = job.parameters;
  const why = linesPerSecond ? `${linesPerSecond} lines a second` : "as fast as it goes";
  const step = { target: `kafka.${topic}`, action: "send", why };
  if (file === "sample") return { steps: [{ ...step, table: "sample", detail: {} }], parallel: 1 };
  const { path, name } = findSource(file, settings);
  if (!path)
    throw new Error(`${file} is not on this machine: upload it on /files, or name a folder of it in FILES_FROM.`);
  return { steps: [{ ...step, table: name, detail: { path } }], parallel: 1 };
}

async function run({ table, target, detail }: Step<Detail>, context: StepContext<ReplayLogs>) {
  const { job, emit, settings, signal } = context;
  const path = detail.path ?? (await sampleLog(settings.DATA_DIR));
  const reportProgress = progressReporter(table, emit, await countFileLines(path));
  let brokers = "";
  let place: ReplayPosition | undefined;
  // More than once only where Kafka moves.
  while (!place?.complete) {
    if (place && signal.aborted) {
      emit({ event: "note", table, message: `stopped behind line ${place.line}: a retry goes on there` });
      return { outcome: "cancelled" as const };
    }
    const ready = await readyTopic(path, context, reportProgress);
    if (!ready) return { outcome: "cancelled" as const };
    const { from, line, ...way } = ready;
    brokers = way.brokers;
    if (line > 0) emit({ event: "note", table, message: `goes on behind line ${line}, which was sent before` });
    place = await replayFileLines({ ...way, path, line }, from, context, reportProgress);
  }
  const there = added(place.starts, await endsOf(brokers, job.parameters.topic));
  if (there < place.line)
    throw new Error(
      `${target} has ${there} lines more than before, and ${place.line} were sent: its retention has taken some, or it was made anew.`,
    );
  const proof = { level: "metadata", verdict: "agrees" } as const;
  context.proof({
    ...{ at: new Date().toISOString(), attempt: context.attempt, table, target, ...proof },
    ...{ source: { lines: String(place.line) }, targetFigures: { lines: String(there) } },
  });
  return {
    ...{ outcome: "succeeded" as const, rows: String(place.line), bytes: String(place.byte), proof },
    figures: { lines: String(place.line) },
  };
}

interface Ready {
  brokers: string;
  partitions: number;
  /** The place that was kept, and how many lines are there in truth. */
  from: ReplayPosition;
  line: number;
}

/** Waits for a broker, makes the topic where there is none, and finds where to begin; undefined where the end is wanted. */
async function readyTopic(
  path: string,
  { job, settings, signal }: StepContext<ReplayLogs>,
  reportProgress: ReportProgress,
): Promise<Ready | undefined> {
  const { topic } = job.parameters;
  while (!signal.aborted) {
    let topics: ReturnType<typeof openTopics> | undefined;
    try {
      const brokers = await findBrokers(settings, signal);
      topics = openTopics(brokers);
      await topics.create(topic);
      const ends = await topics.ends(topic);
      const found = findPosition(layoutOf(settings.DATA_DIR), job, path, ends);
      const line = await deliveredLines(brokers, found, ends);
      reportProgress.waitFor(undefined);
      return { brokers, from: { ...found, ends }, line, partitions: Object.keys(ends).length };
    } catch (error) {
      if (signal.aborted) return undefined;
      if (!(error instanceof KafkaUnavailable)) throw error;
      reportProgress.waitFor(`Kafka: ${error.message}`);
      await pause(2000, undefined, { signal }).catch(() => undefined);
    } finally {
      await topics?.close();
    }
  }
  return undefined;
}

async function endsOf(brokers: string, topic: string): Promise<TopicOffsets> {
  const topics = openTopics(brokers);
  try {
    return await topics.ends(topic);
  } finally {
    await topics.close();
  }
}

function added(from: TopicOffsets, to: TopicOffsets): number {
  return Object.entries(to).reduce((sum, [partition, end]) => sum + end - (from[partition] ?? 0), 0);
}

// What is larger is sent for so long that nobody waits for its end.
const MOST = 2 * 1024 * 1024 * 1024;

/** How many lines a file has; undefined where it would take long to know. */
async function countFileLines(path: string): Promise<number | undefined> {
  const { size } = statSync(path);
  if (path.endsWith(".gz") || size > MOST) return undefined;
  let lines = 0;
  let last = 10;
  for await (const chunk of createReadStream(path, { highWaterMark: 1024 * 1024 }) as AsyncIterable<Buffer>) {
    for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, at + 1)) lines++;
    last = chunk.at(-1) ?? last;
  }
  return last === 10 ? lines : lines + 1;
}
