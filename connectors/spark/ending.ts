import { interruptAll } from "./cancel.ts";
import type { Connection } from "./connection.ts";
import { ServerLost, SessionChanged, SparkError } from "./errors.ts";
import { releaseOperation, responses } from "./protocol/responses.ts";

/** Waits until an operation of the session has ended, however; at once where the server does not know it. */
export async function drain(connection: Connection, operationId: string): Promise<void> {
  try {
    for await (const _ of responses(connection, operationId));
  } catch (error) {
    if (error instanceof ServerLost || unfollowable(error)) throw error;
  }
  releaseOperation(connection, operationId);
}

/** Ends the session: interrupts what runs, waits for its end, releases it. A session that is not there is no error. */
export async function release(connection: Connection): Promise<void> {
  try {
    const running = await interruptAll(connection);
    await Promise.all(running.map(id => drain(connection, id)));
    await connection.unary("ReleaseSession", {});
  } catch (error) {
    if (!isGone(error)) throw error;
  }
}

/** Whether an error says that the server has no such session (any more). */
export function isGone(error: unknown): boolean {
  if (error instanceof SessionChanged) return true;
  return error instanceof SparkError && /^INVALID_HANDLE\.SESSION_/.test(error.errorClass ?? "");
}

// A query whose first rows the server has dropped: no reason to believe that it is over.
function unfollowable(error: unknown): boolean {
  return error instanceof SparkError && (error.errorClass ?? "").startsWith("INVALID_CURSOR.");
}
