import { ProduceAcks, Producer } from "@platformatic/kafka";
import { explain } from "./explain.ts";
import { brokerList, CLIENT } from "./topics.ts";

/** Lines that go to one partition together, and are all there or none of them. */
export interface Batch {
  lines: readonly Buffer[];
  partition: number;
  /** Stands as a header with the first of them, for whoever has to find out whether they came. */
  mark?: string;
}

/** Sends lines to one topic. */
export interface LineProducer {
  /**
   * Sends a batch and gives its first offset once all copies of the topic have it. While no broker answers it waits and
   * sends again, for as long as it takes, and Kafka drops what it has already: each line is there once, in order. One
   * batch is on its way at a time.
   */
  send(batch: Batch): Promise<bigint>;
  /** Gives up what is on its way: whether it came is not known. */
  close(): Promise<void>;
}

/** The header with a batch's mark. */
export const MARK = Buffer.from("portal-batch");

/** Opens a producer for a topic that is there; nothing is sent before the first batch. */
export function openProducer(brokers: string, topic: string): LineProducer {
  // Idempotent: the client tries without end, each batch with the number that it had at first.
  const producer = new Producer({
    ...{ clientId: CLIENT, bootstrapBrokers: brokerList(brokers), autocreateTopics: false },
    ...{ idempotent: true, acks: ProduceAcks.ALL, retryDelay: 500, connectTimeout: 4_000, timeout: 10_000 },
  });
  let before: Promise<unknown> = Promise.resolve();
  const send = async ({ lines, partition, mark }: Batch): Promise<bigint> => {
    const messages = lines.map((value, at) =>
      mark && at === 0
        ? { topic, partition, value, headers: new Map([[MARK, Buffer.from(mark)]]) }
        : { topic, partition, value },
    );
    try {
      const { offsets } = await producer.send({ messages });
      return offsets?.[0]?.offset ?? -1n;
    } catch (error) {
      throw explain(error, brokers, topic);
    }
  };
  return {
    send(batch) {
      const sent = before.then(() => send(batch));
      before = sent.catch(() => undefined);
      return sent;
    },
    close: () => producer.close(true),
  };
}
