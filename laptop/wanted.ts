import { readEndpoints } from "../endpoints.ts";
import { identityOf, isAlive } from "../files/process-identity.ts";
import { readWish, type Wish, writeWish } from "../kafka/wish.ts";
import type { Settings } from "../settings.ts";
import type { Stack, Started } from "./stack.ts";

/** What somebody who starts a stack is told about its Kafka. */
export interface Told {
  onStarted(started: Started): void;
  onFailed(error: unknown): void;
}

/**
 * Brings Kafka up when somebody wishes for it, as long as this process holds the stack; takes over at once what an
 * earlier stack has left. Nothing where KAFKA_BROKERS names one. Gives what ends the watch.
 */
export function watchWanted(stack: Stack, settings: Settings, told: Told): () => void {
  if (settings.KAFKA_BROKERS) return () => {};
  let busy = false;
  let over = false;
  const look = async () => {
    if (busy || !isWanted(readWish(settings), settings)) return;
    busy = true;
    await meet(stack, settings, told).catch(error => over || told.onFailed(error));
    busy = false;
  };
  const timer = setInterval(() => void look(), 300);
  return () => {
    over = true;
    clearInterval(timer);
  };
}

/** Wished for and taken by nobody who lives; or left running by a stack that was killed. */
function isWanted(wish: Wish | undefined, settings: Settings): boolean {
  if (wish) return "wished" in wish || ("taken" in wish && !isAlive(wish.taken));
  const { kafka } = readEndpoints(settings);
  return kafka !== undefined && isAlive(kafka) && !isAlive(kafka.owner);
}

async function meet(stack: Stack, settings: Settings, { onStarted }: Told): Promise<void> {
  const taken = identityOf(process.pid);
  if (!taken) throw new Error("This process cannot see itself in the process table.");
  writeWish(settings, { taken });
  try {
    await stack.startKafka(onStarted);
    writeWish(settings, undefined);
  } catch (error) {
    writeWish(settings, { failed: error instanceof Error ? error.message : String(error) });
    throw error;
  }
}
