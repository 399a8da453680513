import { setTimeout as pause } from "node:timers/promises";
import { findErrorBy } from "@platformatic/kafka";
import { KafkaError, KafkaUnavailable } from "./errors.ts";

/** A failure of the client as an error of ours. */
export function kafkaError(error: unknown, brokers: string, topic: string): KafkaError {
  if (error instanceof KafkaError) return error;
  const known = error instanceof Error ? error : new Error(String(error));
  const refused = REFUSED.find(([id]) => findErrorBy(known, "apiId", id));
  if (refused) return new KafkaError(refused[1](topic), { cause: error });
  const unavailable = UNAVAILABLE.some(([property, value]) => findErrorBy(known, property, value));
  if (unavailable)
    return new KafkaUnavailable(`No broker answers at ${brokers}.`, {
      cause: error,
      hint: "Start Kafka, or correct KAFKA_BROKERS. The next attempt goes on.",
    });
  return new KafkaError(`Kafka at ${brokers}: ${known.message}`, { cause: error });
}

/** Whether the topic is not there. */
export function isUnknownTopic(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  // The client's own words where the brokers' list has no such topic.
  return findErrorBy(error, "apiId", "UNKNOWN_TOPIC_OR_PARTITION") !== null || /^Unknown topic /.test(error.message);
}

const REFUSED: readonly (readonly [string, (topic: string) => string])[] = [
  ["UNKNOWN_TOPIC_OR_PARTITION", topic => `There is no topic ${topic}.`],
  [
    "INVALID_TOPIC_EXCEPTION",
    topic => `${topic} can't be the name of a topic: letters, digits, dots, dashes, underscores.`,
  ],
  ["INVALID_REPLICATION_FACTOR", topic => `The topic ${topic} asks for more copies than there are brokers.`],
  ["TOPIC_AUTHORIZATION_FAILED", topic => `Kafka does not let us use the topic ${topic}: ask for the right to it.`],
  [
    "CLUSTER_AUTHORIZATION_FAILED",
    topic => `Kafka does not let us write to ${topic} without doubles: ask for IdempotentWrite.`,
  ],
  ["POLICY_VIOLATION", topic => `A rule of the brokers forbids the topic ${topic}: make it there, as they want it.`],
  ["MESSAGE_TOO_LARGE", topic => `A line is longer than the topic ${topic} takes: raise its max.message.bytes.`],
  ["RECORD_LIST_TOO_LARGE", topic => `Lines are longer than the topic ${topic} takes: raise its max.message.bytes.`],
];

const UNAVAILABLE: readonly (readonly [string, string])[] = [
  ["code", "PLT_KFK_NETWORK"],
  ["code", "PLT_KFK_TIMEOUT"],
  ["code", "ECONNREFUSED"],
  ["apiId", "LEADER_NOT_AVAILABLE"],
  ["apiId", "NOT_LEADER_OR_FOLLOWER"],
  ["apiId", "BROKER_NOT_AVAILABLE"],
  ["apiId", "REQUEST_TIMED_OUT"],
  ["apiId", "NOT_ENOUGH_REPLICAS"],
];

/** What a client answers, or KafkaUnavailable after so long: now and then it loses sight of a question when a broker dies. */
export async function within<T>(milliseconds: number, brokers: string, request: Promise<T>): Promise<T> {
  const over = new AbortController();
  const late = pause(milliseconds, undefined, { signal: over.signal }).then(() => {
    throw new KafkaUnavailable(`No answer came from ${brokers} within ${milliseconds / 1000} s.`);
  });
  late.catch(() => undefined);
  try {
    return await Promise.race([request, late]);
  } finally {
    over.abort();
  }
}

/** Closes a client, and does not wait for one that can't be closed. */
export async function closeClient(close: Promise<unknown>): Promise<void> {
  await Promise.race([close.catch(() => undefined), pause(1_000, undefined, { ref: false })]);
}
