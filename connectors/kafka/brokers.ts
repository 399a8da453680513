import { setTimeout as pause } from "node:timers/promises";
import { readEndpoints } from "../../core/endpoints.ts";
import { isComing } from "../../core/set-up.ts";
import type { Settings } from "../../core/settings.ts";
import { isAlive } from "../../core/system/process-identity.ts";
import { KafkaUnavailable } from "./errors.ts";
import { readStartRequest, writeStartRequest } from "./start-request.ts";

type BrokerSettings = Pick<Settings, "KAFKA_BROKERS" | "LAPTOP_DIR">;

// How long whoever holds the stack may take to see the request, and how long Kafka to start.
const SEEN = 60_000;
const STARTED = 120_000;

/**
 * Where Kafka is, `host:port`, several with commas: the setting, else the laptop's, which is started when it is first
 * wanted and started again when it has died; while it is still being downloaded the wait goes on. Ask again whenever no broker
 * answers. Throws KafkaUnavailable where there is none.
 */
export async function findBrokers(settings: BrokerSettings, signal?: AbortSignal): Promise<string> {
  if (settings.KAFKA_BROKERS) return settings.KAFKA_BROKERS.replace(/\s/g, "");
  const began = Date.now();
  for (let requested = false; ; await pause(200, undefined, signal && { signal })) {
    const running = runningBroker(settings);
    if (running) return running;
    const request = readStartRequest(settings);
    if (requested && request && "failed" in request)
      throw new KafkaUnavailable(`The laptop's Kafka did not start: ${request.failed}`);
    if (!request || "failed" in request) writeStartRequest(settings, { requested: new Date().toISOString() });
    requested = true;
    const taken = request && "taken" in request && isAlive(request.taken);
    if (Date.now() - began < (taken ? STARTED : SEEN) || isComing(settings, "A small Kafka", "Kafka")) continue;
    // Nobody waits for it any more.
    if (!taken) writeStartRequest(settings, undefined);
    throw nobody(taken === true);
  }
}

/** The laptop's broker, where it runs. */
export function runningBroker(settings: Pick<Settings, "LAPTOP_DIR">): string | undefined {
  // While a request is there, Kafka is only just coming up.
  const request = readStartRequest(settings);
  const { kafka } = readEndpoints(settings);
  return kafka && isAlive(kafka) && !(request && "taken" in request && isAlive(request.taken)) ? kafka.url : undefined;
}

function nobody(taken: boolean): KafkaUnavailable {
  return new KafkaUnavailable(
    taken
      ? "The laptop's Kafka did not start within two minutes: see logs/kafka.log below LAPTOP_DIR."
      : "There is no Kafka, and nobody here starts one.",
    {
      hint: "Write KAFKA_BROKERS=host:9092 into .env, or start the portal with `npm start`, which brings a small one.",
    },
  );
}
