import { setTimeout as pause } from "node:timers/promises";
import { findBrokers, runningBroker } from "../../connectors/kafka/brokers.ts";
import { KafkaError, KafkaUnavailable } from "../../connectors/kafka/errors.ts";
import { openTopics } from "../../connectors/kafka/topics.ts";
import type { StepContext } from "../engine.ts";
import type { PartitionOffsets } from "./offsets.ts";
import type { StreamLogs } from "./parameters.ts";
import type { StreamReport } from "./report.ts";

/** The topic of a stream, on brokers that have answered. */
export interface Topic {
  brokers: string;
  /** The end of every partition; undefined where no broker answers. */
  ends(): Promise<PartitionOffsets | undefined>;
  /** The first offset of every partition that is still there. */
  beginnings(): Promise<PartitionOffsets>;
  /** Whether the brokers are elsewhere by now; has those of the laptop started again where they are gone. */
  hasMoved(): Promise<boolean>;
  close(): Promise<void>;
}

/** Waits for a broker and for the topic, and says so; undefined where somebody wants the stream to end meanwhile. */
export async function findTopic(
  { job, settings }: StepContext<StreamLogs>,
  report: StreamReport,
  stop: AbortSignal,
): Promise<Topic | undefined> {
  const { topic } = job.parameters;
  while (!stop.aborted) {
    try {
      const brokers = await findBrokers(settings, stop);
      const topics = openTopics(brokers);
      const there = await topics.partitions(topic).catch(async error => {
        await topics.close();
        throw error;
      });
      if (there !== undefined)
        return {
          brokers,
          ends: () => unlessAway(topics.ends(topic)),
          beginnings: () => topics.beginnings(topic),
          hasMoved: () => hasMoved(brokers),
          close: () => topics.close(),
        };
      await topics.close();
      report.waitFor(`the topic ${topic}, which nobody has made yet`);
    } catch (error) {
      if (stop.aborted) break;
      if (!(error instanceof KafkaUnavailable)) throw error;
      report.waitFor(`a Kafka broker: ${error.message}`);
    }
    await pause(1000, undefined, { signal: stop }).catch(() => undefined);
  }
  return undefined;

  async function hasMoved(brokers: string): Promise<boolean> {
    if (settings.KAFKA_BROKERS) return false;
    try {
      return (runningBroker(settings) ?? (await findBrokers(settings, stop))) !== brokers;
    } catch {
      return false;
    }
  }
}

// A broker that has just come back may not know its topics yet. What it forbids does not change by waiting.
async function unlessAway(ends: Promise<PartitionOffsets>): Promise<PartitionOffsets | undefined> {
  try {
    return await ends;
  } catch (error) {
    if (error instanceof KafkaUnavailable || (error instanceof KafkaError && /^There is no topic/.test(error.message)))
      return undefined;
    throw error;
  }
}
