import { Admin, findErrorBy, ListOffsetTimestamps } from "@platformatic/kafka";
import { KafkaError } from "./errors.ts";
import { closeClient, isUnknownTopic, kafkaError, within } from "./explain.ts";

/** By partition, an offset. */
export type TopicOffsets = Record<string, number>;

/** The topics of some brokers. Whatever asks throws KafkaUnavailable where no broker answers. */
export interface Topics {
  /** The topics that there are, without Kafka's own. */
  names(): Promise<string[]>;
  /** Makes a topic; false where it was there already. */
  create(topic: string, partitions?: number): Promise<boolean>;
  /** How many partitions a topic has; undefined where it is not there. */
  partitions(topic: string): Promise<number | undefined>;
  /** The offset that the next line of every partition gets. */
  ends(topic: string): Promise<TopicOffsets>;
  /** The first offset of every partition that is still there. */
  beginnings(topic: string): Promise<TopicOffsets>;
  /** Deletes a topic with all that is in it. */
  delete(topic: string): Promise<void>;
  close(): Promise<void>;
}

/** Opens a client for topics. `brokers` is `host:port`, several with commas. It connects with the first call. */
export function openTopics(brokers: string): Topics {
  const admin = new Admin({ clientId: CLIENT, bootstrapBrokers: brokerList(brokers), ...KAFKA_PATIENCE });
  const translated = async <T>(topic: string, request: Promise<T>): Promise<T> => {
    try {
      return await within(LATE, brokers, request);
    } catch (error) {
      throw kafkaError(error, brokers, topic);
    }
  };
  return {
    names: () => translated("", admin.listTopics()),
    create: (topic, partitions = 4) => translated(topic, create(admin, topic, partitions)),
    partitions: topic => translated(topic, countPartitions(admin, topic)),
    ends: topic => translated(topic, listOffsets(admin, topic, ListOffsetTimestamps.LATEST)),
    beginnings: topic => translated(topic, listOffsets(admin, topic, ListOffsetTimestamps.EARLIEST)),
    delete: topic => translated(topic, admin.deleteTopics({ topics: [topic] })),
    close: () => closeClient(admin.close()),
  };
}

/** The name by which brokers know us. */
export const CLIENT = "data-operations-portal";

/** Time limits for calls on which a person waits. */
export const KAFKA_PATIENCE = { retries: 3, retryDelay: 400, timeout: 5_000, connectTimeout: 4_000 };

// Longer than all retries of a call together.
const LATE = 30_000;

/** `host:port, host:port` as the client wants it. */
export function brokerList(brokers: string): string[] {
  return brokers.split(",").map(broker => broker.trim());
}

async function create(admin: Admin, topic: string, partitions: number): Promise<boolean> {
  // -1: as many copies as these brokers keep of a topic that does not say.
  const made = admin.createTopics({ topics: [topic], partitions, replicas: -1 });
  const isNew = await made.then(
    () => true,
    error => {
      if (exists(error)) return false;
      throw error;
    },
  );
  // A broker may be asked for a topic before it has heard of it.
  for (let tries = 0; isNew && tries < 50; tries++) {
    if ((await countPartitions(admin, topic)) !== undefined) break;
    await new Promise(resolve => setTimeout(resolve, 50));
  }
  return isNew;
}

function exists(error: unknown): boolean {
  return error instanceof Error && findErrorBy(error, "apiId", "TOPIC_ALREADY_EXISTS") !== null;
}

async function countPartitions(admin: Admin, topic: string): Promise<number | undefined> {
  try {
    const found = await admin.metadata({ topics: [topic], forceUpdate: true, autocreateTopics: false });
    return found.topics.get(topic)?.partitionsCount;
  } catch (error) {
    if (isUnknownTopic(error)) return undefined;
    throw error;
  }
}

async function listOffsets(admin: Admin, topic: string, timestamp: bigint): Promise<TopicOffsets> {
  const count = await countPartitions(admin, topic);
  if (count === undefined) throw new KafkaError(`There is no topic ${topic}.`);
  const partitions = Array.from({ length: count }, (_, partitionIndex) => ({ partitionIndex, timestamp }));
  const [found] = await admin.listOffsets({ topics: [{ name: topic, partitions }] });
  return Object.fromEntries(
    (found?.partitions ?? []).map(({ partitionIndex, offset }) => [String(partitionIndex), Number(offset)]),
  );
}
