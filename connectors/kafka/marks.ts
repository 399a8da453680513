import { Consumer } from "@platformatic/kafka";
import { closeClient, kafkaError, within } from "./explain.ts";
import { brokerList, CLIENT, KAFKA_PATIENCE, type TopicOffsets } from "./topics.ts";

/** The header with a batch's mark. */
export const MARK = Buffer.from("portal-batch");

const LATE = 30_000;

/** The marks of the batches between two offsets of each partition. Joins no consumer group. */
export async function marksBetween(
  brokers: string,
  topic: string,
  from: TopicOffsets,
  to: TopicOffsets,
): Promise<string[]> {
  const consumer = new Consumer({
    clientId: CLIENT,
    groupId: CLIENT,
    bootstrapBrokers: brokerList(brokers),
    ...KAFKA_PATIENCE,
  });
  try {
    const metadata = await within(LATE, brokers, consumer.metadata({ topics: [topic], forceUpdate: true }));
    const found = metadata.topics.get(topic);
    const marks: string[] = [];
    for (const [index, end] of Object.entries(to)) {
      const partition = Number(index);
      const node = found?.partitions[partition]?.leader;
      if (!found || node === undefined) continue;
      for (let next = from[index] ?? 0; next < end; ) {
        const place = { topicId: found.id, node, partition, offset: next, end };
        const read = await within(LATE, brokers, readFrom(consumer, place));
        marks.push(...read.marks);
        if (read.next <= next) break;
        next = read.next;
      }
    }
    return marks;
  } catch (error) {
    throw kafkaError(error, brokers, topic);
  } finally {
    await closeClient(consumer.close(true));
  }
}

interface Place {
  topicId: string;
  node: number;
  partition: number;
  offset: number;
  end: number;
}

async function readFrom(consumer: Consumer, { topicId, node, partition, offset, end }: Place) {
  const requestedPart = {
    partition,
    fetchOffset: BigInt(offset),
    partitionMaxBytes: MOST,
    currentLeaderEpoch: -1,
    lastFetchedEpoch: -1,
  };
  const answer = await consumer.fetch({
    ...{ node, minBytes: 1, maxBytes: MOST, maxWaitTime: 500 },
    topics: [{ topicId, partitions: [requestedPart] }],
  });
  const batches = answer.responses.flatMap(({ partitions }) => partitions.flatMap(({ records }) => records ?? []));
  const last = batches.at(-1);
  return {
    next: last ? Number(last.firstOffset) + last.lastOffsetDelta + 1 : offset,
    marks: batches.flatMap(({ firstOffset, records }) =>
      records.flatMap(({ offsetDelta, headers }) =>
        Number(firstOffset) + offsetDelta >= end
          ? []
          : headers.flatMap(([name, value]) => (name?.equals(MARK) && value ? [value.toString()] : [])),
      ),
    ),
  };
}

const MOST = 8 * 1024 * 1024;
