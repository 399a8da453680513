import { setTimeout as pause } from "node:timers/promises";
import { findBrokers } from "../../connectors/kafka/brokers.ts";
import { KafkaError } from "../../connectors/kafka/errors.ts";
import { type LineProducer, openProducer } from "../../connectors/kafka/producer.ts";
import { layoutOf } from "../../core/store/layout.ts";
import type { StepContext } from "../engine.ts";
import { type LineBatch, openLines } from "./lines.ts";
import { paceOf } from "./pace.ts";
import type { ReplayLogs } from "./parameters.ts";
import { keepPosition, markOf, type ReplayPosition } from "./place.ts";
import type { ReportProgress } from "./report-progress.ts";

/** Where lines come from and go to. */
export interface SendMode {
  path: string;
  brokers: string;
  partitions: number;
  /** So many lines are there already: the place that was kept may be behind them. */
  line: number;
}

type Sending = Pick<StepContext<ReplayLogs>, "job" | "settings" | "signal">;

// How long a batch may be on its way before somebody is told that it waits.
const SLOW = 2000;
// How long one that is on its way is waited for when somebody wants the end.
const LAST = 3000;
const KEEP_EVERY = 1000;

/** Sends what is left of a file, and gives the place where it stopped: at its end, where it was told to, or where Kafka moved. */
export async function replayFileLines(
  way: SendMode,
  from: ReplayPosition,
  context: Sending,
  reportProgress: ReportProgress,
): Promise<ReplayPosition> {
  const { job, settings, signal } = context;
  const layout = layoutOf(settings.DATA_DIR);
  const pace = paceOf(job.parameters.linesPerSecond);
  const producer = openProducer(way.brokers, from.topic);
  const reader = await openLines(way.path, from, way.line);
  let place: ReplayPosition = { ...from, ...reader.place() };
  let savedAt = 0;
  keepPosition(layout, job.id, place);
  try {
    for (let round = way.line; !signal.aborted; round++) {
      const most = await pace.next(signal).catch(() => 0);
      const chunk = most > 0 ? await reader.next(most) : undefined;
      if (!chunk) {
        if (!signal.aborted) place = { ...place, complete: true };
        break;
      }
      const partition = round % way.partitions;
      const offset = await deliver(producer, way.brokers, chunk, place, partition, context, reportProgress);
      if (offset === undefined) break;
      place = behind(place, chunk, partition, offset);
      reportProgress.sent(place.line, chunk.bytes);
      if (Date.now() - savedAt < KEEP_EVERY) continue;
      savedAt = Date.now();
      keepPosition(layout, job.id, place);
    }
    return place;
  } finally {
    keepPosition(layout, job.id, place);
    reader.close();
    await producer.close().catch(() => undefined);
  }
}

/** Sends a batch, however long it takes; undefined where somebody wants the end, or Kafka has moved: whether it came is not known. */
async function deliver(
  producer: LineProducer,
  brokers: string,
  { lines, first }: LineBatch,
  place: ReplayPosition,
  partition: number,
  { settings, signal }: Sending,
  reportProgress: ReportProgress,
): Promise<bigint | undefined> {
  const sent = producer.send({ lines, partition, mark: markOf(place, first, lines.length) });
  const reported = sent.then(
    () => true,
    () => true,
  );
  let moved = false;
  for (let waited = 0; ; waited++) {
    const until = new AbortController();
    const settled = await Promise.race([
      reported,
      pause(signal.aborted ? LAST : SLOW, false, { signal: until.signal }),
    ]);
    until.abort();
    if (settled) break;
    if (signal.aborted || moved) return undefined;
    reportProgress.waitFor("Kafka, which does not answer");
    // The laptop's comes back once somebody wishes for it, where it was if it can.
    const check = async () => {
      moved = (await findBrokers(settings, signal)) !== brokers;
    };
    if (waited === 0) void check().catch(() => undefined);
  }
  reportProgress.waitFor(undefined);
  return await sent.catch(error => {
    // What is too long for a batch goes alone.
    throw error instanceof KafkaError && lines.length === 1
      ? new KafkaError(`Line ${first + 1} was refused. ${error.message}`, { cause: error })
      : error;
  });
}

function behind(
  place: ReplayPosition,
  { lines, first, next }: LineBatch,
  partition: number,
  offset: bigint,
): ReplayPosition {
  const end = offset < 0n ? undefined : Number(offset) + lines.length;
  return {
    ...place,
    ...{ line: first + lines.length, byte: next },
    ends: { ...place.ends, ...(end !== undefined && { [partition]: end }) },
  };
}
