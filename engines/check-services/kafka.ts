import { runningBroker } from "../../connectors/kafka/brokers.ts";
import { KafkaError } from "../../connectors/kafka/errors.ts";
import type { Settings } from "../../core/settings.ts";
import { type Check, Fault } from "./service-check.ts";

/** Looks at Kafka, where one is set or was started: whether its brokers answer. */
export function kafkaChecks(settings: Settings): Check[] {
  const brokers = settings.KAFKA_BROKERS?.replace(/\s/g, "") ?? runningBroker(settings);
  return brokers ? [{ name: "kafka", run: () => run(brokers) }] : [];
}

async function run(brokers: string): Promise<string[]> {
  // The client is large, and most who look have no Kafka.
  const { openTopics } = await import("../../connectors/kafka/topics.ts");
  const topics = openTopics(brokers);
  try {
    const names = await topics.names();
    return [`${names.length === 1 ? "1 topic" : `${names.length} topics`} at ${brokers}`];
  } catch (error) {
    if (!(error instanceof KafkaError)) throw error;
    throw new Fault(error.message, error.hint ?? "Look at the log of a broker.");
  } finally {
    await topics.close();
  }
}
