import { readStartRequest, type StartRequest, writeStartRequest } from "../connectors/kafka/start-request.ts";
import { readEndpoints } from "../core/endpoints.ts";
import type { Settings } from "../core/settings.ts";
import { identityOf, isAlive } from "../core/system/process-identity.ts";
import type { Stack, Started } from "./stack.ts";

/** What somebody who starts a stack is told about its Kafka. */
export interface StartReport {
  onStarted(started: Started): void;
  onFailed(error: unknown): void;
}

/**
 * Brings Kafka up when somebody wishes for it, as long as this process holds the stack; takes over at once what an
 * earlier stack has left. Nothing where KAFKA_BROKERS names one. Gives what ends the watch.
 */
export function startOnRequest(stack: Stack, settings: Settings, told: StartReport): () => void {
  if (settings.KAFKA_BROKERS) return () => {};
  let busy = false;
  let over = false;
  const check = async () => {
    if (busy || !isWanted(readStartRequest(settings), settings)) return;
    busy = true;
    await meet(stack, settings, told).catch(error => over || told.onFailed(error));
    busy = false;
  };
  const timer = setInterval(() => void check(), 300);
  return () => {
    over = true;
    clearInterval(timer);
  };
}

/** Wished for and taken by nobody who lives; or left running by a stack that was killed. */
function isWanted(request: StartRequest | undefined, settings: Settings): boolean {
  if (request) return "requested" in request || ("taken" in request && !isAlive(request.taken));
  const { kafka } = readEndpoints(settings);
  return kafka !== undefined && isAlive(kafka) && !isAlive(kafka.owner);
}

async function meet(stack: Stack, settings: Settings, { onStarted }: StartReport): Promise<void> {
  const taken = identityOf(process.pid);
  if (!taken) throw new Error("This process cannot see itself in the process table.");
  writeStartRequest(settings, { taken });
  try {
    await stack.startKafka(onStarted);
    writeStartRequest(settings, undefined);
  } catch (error) {
    writeStartRequest(settings, { failed: error instanceof Error ? error.message : String(error) });
    throw error;
  }
}
