import { randomUUID } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import { ProduceAcks, Producer } from "@platformatic/kafka";
import { closeClient, kafkaError } from "./explain.ts";
import { MARK, marksBetween } from "./marks.ts";
import { brokerList, CLIENT, openTopics, type TopicOffsets } from "./topics.ts";

/** Lines that go to one partition together, and are all there or none of them. */
export interface Batch {
  lines: readonly Buffer[];
  partition: number;
  /** Stands as a header with the first of them, for whoever has to find out whether they came; made up where none is given. */
  mark?: string;
}

/** Sends lines to one topic. */
export interface LineProducer {
  /**
   * Sends a batch and gives its first offset once all copies of the topic have it; -1 where only that it is there is known.
   * While no broker answers it waits and sends again, for as long as it takes, and Kafka drops what it has already: each
   * line is there once, in order. One batch is on its way at a time.
   */
  send(batch: Batch): Promise<bigint>;
  /** Gives up what is on its way: whether it came is not known. */
  close(): Promise<void>;
}

/** Opens a producer for a topic that is there; nothing is sent before the first batch. */
export function openProducer(brokers: string, topic: string): LineProducer {
  let client: Producer | undefined;
  let closed = false;
  let known: TopicOffsets | undefined;
  let before: Promise<unknown> = Promise.resolve();
  const send = async ({ lines, partition, mark = randomUUID() }: Batch): Promise<bigint> => {
    // From here on the topic is searched for batches whose fate is unknown.
    known ??= await endsOf(brokers, topic);
    for (;;) {
      if (closed) throw kafkaError(new Error("The producer was closed."), brokers, topic);
      client ??= newClient(brokers);
      const offset = await produce(client, { lines, partition, mark, topic, brokers });
      if (offset !== undefined) {
        if (offset >= 0n) known = { ...known, [partition]: Number(offset) + lines.length };
        return offset;
      }
      const lost = client;
      client = undefined;
      await closeClient(lost.close(true));
      // By then a broker has read what the lost client had still sent, or never will.
      await pause(1_000);
      const ends = await endsOf(brokers, topic);
      const from = { [partition]: known[partition] ?? 0 };
      const marks = await marksBetween(brokers, topic, from, { [partition]: ends[partition] ?? 0 });
      if (marks.includes(mark)) return -1n;
    }
  };
  return {
    send(batch) {
      const sent = before.then(() => send(batch));
      before = sent.catch(() => undefined);
      return sent;
    },
    async close() {
      closed = true;
      if (client) await closeClient(client.close(true));
    },
  };
}

// Idempotent: the client retries without end and gives a batch the same sequence number each time, so Kafka drops repeats.
function newClient(brokers: string): Producer {
  const options = { retryDelay: 500, connectTimeout: 4_000, timeout: 10_000, requestTimeout: REQUEST };
  return new Producer({
    ...{ clientId: CLIENT, bootstrapBrokers: brokerList(brokers), autocreateTopics: false },
    ...{ idempotent: true, acks: ProduceAcks.ALL, ...options },
  });
}

const REQUEST = 10_000;

/** Sends a batch once. Undefined if the client never gets an answer, as happens now and then when a broker dies. */
async function produce(
  client: Producer,
  { lines, partition, mark, topic, brokers }: Required<Batch> & { topic: string; brokers: string },
): Promise<bigint | undefined> {
  const messages = lines.map((value, at) =>
    at === 0 ? { topic, partition, value, headers: new Map([[MARK, Buffer.from(mark)]]) } : { topic, partition, value },
  );
  const settled = new AbortController();
  try {
    const sent = client.send({ messages }).then(({ offsets }) => offsets?.[0]?.offset ?? -1n);
    return await Promise.race([sent, answering(brokers, topic, settled.signal)]);
  } catch (error) {
    throw kafkaError(error, brokers, topic);
  } finally {
    settled.abort();
  }
}

/** Resolves when brokers have answered for longer than the client waits for an answer: then no answer will come. */
async function answering(brokers: string, topic: string, settled: AbortSignal): Promise<undefined> {
  let since: number | undefined;
  // Stays pending as long as the batch is being sent normally.
  for (const { promise } = Promise.withResolvers<undefined>(); ; ) {
    await pause(2_000, undefined, { signal: settled }).catch(() => undefined);
    if (settled.aborted) return await promise;
    const isThere = await endsOf(brokers, topic).then(
      () => true,
      () => false,
    );
    since = isThere ? (since ?? Date.now()) : undefined;
    if (since !== undefined && Date.now() - since > 1.5 * REQUEST) return undefined;
  }
}

async function endsOf(brokers: string, topic: string): Promise<TopicOffsets> {
  const topics = openTopics(brokers);
  try {
    return await topics.ends(topic);
  } finally {
    await topics.close();
  }
}
