import { setTimeout as sleep } from "node:timers/promises";
import type { Connection } from "./connection.ts";
import { OperationCancelled, ServerLost, SessionChanged } from "./errors.ts";

const PAUSE = 300;

/** Runs an operation that a signal cancels: it is interrupted on the server, and over only when the server says so. */
export async function cancelOn<T>(
  signal: AbortSignal | undefined,
  connection: Connection,
  operationId: string,
  run: () => Promise<T>,
): Promise<T> {
  if (!signal) return run();
  if (signal.aborted) throw new OperationCancelled("The statement was cancelled before it was sent.");
  const ended = new AbortController();
  const abort = () => void interruptUntil(ended.signal, connection, operationId);
  signal.addEventListener("abort", abort, { once: true });
  try {
    const result = await run();
    if (!signal.aborted) return result;
    throw new OperationCancelled("The statement had finished before it could be cancelled.", {}, true);
  } catch (error) {
    if (!signal.aborted || passes(error)) throw error;
    throw new OperationCancelled("The statement was cancelled.", { cause: error });
  } finally {
    signal.removeEventListener("abort", abort);
    ended.abort();
  }
}

/** Interrupts again and again: the first request may arrive before the statement does. */
async function interruptUntil(ended: AbortSignal, connection: Connection, operationId: string): Promise<void> {
  while (!ended.aborted) {
    await interruptOperation(connection, operationId).catch(() => {});
    await sleep(PAUSE, undefined, { signal: ended }).catch(() => {});
  }
}

/** Interrupts one operation; the ids of those that ran and were told to stop. */
export async function interruptOperation(connection: Connection, operationId: string): Promise<string[]> {
  const request = { interrupt_type: "INTERRUPT_TYPE_OPERATION_ID", operation_id: operationId };
  return (await connection.unary("Interrupt", request)).interrupted_ids;
}

/** Interrupts every operation of the session. */
export async function interruptAll(connection: Connection): Promise<string[]> {
  return (await connection.unary("Interrupt", { interrupt_type: "INTERRUPT_TYPE_ALL" })).interrupted_ids;
}

// Where the server is lost or another, nobody knows that the statement is over.
function passes(error: unknown): boolean {
  return error instanceof OperationCancelled || error instanceof ServerLost || error instanceof SessionChanged;
}
