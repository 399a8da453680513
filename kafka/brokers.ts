import { setTimeout as pause } from "node:timers/promises";
import { readEndpoints } from "../endpoints.ts";
import { isAlive } from "../files/process-identity.ts";
import type { Settings } from "../settings.ts";
import { KafkaAway } from "./errors.ts";
import { readWish, writeWish } from "./wish.ts";

type Asked = Pick<Settings, "KAFKA_BROKERS" | "LAPTOP_DIR">;

// How long whoever holds the stack may take to see the wish, and how long Kafka to start.
const SEEN = 60_000;
const STARTED = 120_000;

/**
 * Where Kafka is, `host:port`, several with commas: the setting, else the laptop's, which is started when it is first
 * wanted and started again when it has died. Ask again whenever no broker answers. Throws KafkaAway where there is none.
 */
export async function findBrokers(settings: Asked, signal?: AbortSignal): Promise<string> {
  if (settings.KAFKA_BROKERS) return settings.KAFKA_BROKERS.replace(/\s/g, "");
  const began = Date.now();
  for (let wished = false; ; await pause(200, undefined, signal && { signal })) {
    const running = runningBroker(settings);
    if (running) return running;
    const wish = readWish(settings);
    if (wished && wish && "failed" in wish) throw new KafkaAway(`The laptop's Kafka did not start: ${wish.failed}`);
    if (!wish || "failed" in wish) writeWish(settings, { wished: new Date().toISOString() });
    wished = true;
    const taken = wish && "taken" in wish && isAlive(wish.taken);
    if (Date.now() - began < (taken ? STARTED : SEEN)) continue;
    // Nobody waits for it any more.
    if (!taken) writeWish(settings, undefined);
    throw nobody(taken === true);
  }
}

/** The laptop's broker, where it runs. */
export function runningBroker(settings: Pick<Settings, "LAPTOP_DIR">): string | undefined {
  // While a wish is there it is only just coming up.
  const wish = readWish(settings);
  const { kafka } = readEndpoints(settings);
  return kafka && isAlive(kafka) && !(wish && "taken" in wish && isAlive(wish.taken)) ? kafka.url : undefined;
}

function nobody(taken: boolean): KafkaAway {
  return new KafkaAway(
    taken
      ? "The laptop's Kafka did not start within two minutes: see logs/kafka.log below LAPTOP_DIR."
      : "There is no Kafka, and nobody here starts one.",
    {
      hint: "Write KAFKA_BROKERS=host:9092 into .env, or start the portal with `npm start`, which brings a small one.",
    },
  );
}
