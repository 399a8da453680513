import { setTimeout as pause } from "node:timers/promises";
import { layoutOf } from "../../files/layout.ts";
import { findBrokers } from "../../kafka/brokers.ts";
import { KafkaError } from "../../kafka/errors.ts";
import { type LineProducer, openProducer } from "../../kafka/producer.ts";
import type { StepContext } from "../engine.ts";
import { type Chunk, openLines } from "./lines.ts";
import { paceOf } from "./pace.ts";
import type { ReplayLogs } from "./parameters.ts";
import { keepPlace, markOf, type Place } from "./place.ts";
import type { Tell } from "./tell.ts";

/** Where lines come from and go to. */
export interface Way {
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
export async function sendLines(way: Way, from: Place, context: Sending, tell: Tell): Promise<Place> {
  const { job, settings, signal } = context;
  const layout = layoutOf(settings.DATA_DIR);
  const pace = paceOf(job.parameters.linesPerSecond);
  const producer = openProducer(way.brokers, from.topic);
  const reader = await openLines(way.path, from, way.line);
  let place: Place = { ...from, ...reader.place() };
  let kept = 0;
  keepPlace(layout, job.id, place);
  try {
    for (let turn = way.line; !signal.aborted; turn++) {
      const most = await pace.next(signal).catch(() => 0);
      const chunk = most > 0 ? await reader.next(most) : undefined;
      if (!chunk) {
        if (!signal.aborted) place = { ...place, complete: true };
        break;
      }
      const partition = turn % way.partitions;
      const offset = await deliver(producer, way.brokers, chunk, place, partition, context, tell);
      if (offset === undefined) break;
      place = behind(place, chunk, partition, offset);
      tell.sent(place.line, chunk.bytes);
      if (Date.now() - kept < KEEP_EVERY) continue;
      kept = Date.now();
      keepPlace(layout, job.id, place);
    }
    return place;
  } finally {
    keepPlace(layout, job.id, place);
    reader.close();
    await producer.close().catch(() => undefined);
  }
}

/** Sends a batch, however long it takes; undefined where somebody wants the end, or Kafka has moved: whether it came is not known. */
async function deliver(
  producer: LineProducer,
  brokers: string,
  { lines, first }: Chunk,
  place: Place,
  partition: number,
  { settings, signal }: Sending,
  tell: Tell,
): Promise<bigint | undefined> {
  const sent = producer.send({ lines, partition, mark: markOf(place, first, lines.length) });
  const told = sent.then(
    () => true,
    () => true,
  );
  let moved = false;
  for (let waited = 0; ; waited++) {
    const until = new AbortController();
    const settled = await Promise.race([told, pause(signal.aborted ? LAST : SLOW, false, { signal: until.signal })]);
    until.abort();
    if (settled) break;
    if (signal.aborted || moved) return undefined;
    tell.waitFor("Kafka, which does not answer");
    // The laptop's comes back once somebody wishes for it, where it was if it can.
    const look = async () => {
      moved = (await findBrokers(settings, signal)) !== brokers;
    };
    if (waited === 0) void look().catch(() => undefined);
  }
  tell.waitFor(undefined);
  return await sent.catch(error => {
    // What is too long for a batch goes alone.
    throw error instanceof KafkaError && lines.length === 1
      ? new KafkaError(`Line ${first + 1} was refused. ${error.message}`, { cause: error })
      : error;
  });
}

function behind(place: Place, { lines, first, next }: Chunk, partition: number, offset: bigint): Place {
  const end = offset < 0n ? undefined : Number(offset) + lines.length;
  return {
    ...place,
    ...{ line: first + lines.length, byte: next },
    ends: { ...place.ends, ...(end !== undefined && { [partition]: end }) },
  };
}
