import { setTimeout as sleep } from "node:timers/promises";
import type { Connection } from "../connection.ts";
import { reconnectPause, ServerLost } from "../errors.ts";
import { errorClassOf, isBroken, isServiceError } from "../failure.ts";
import type { ExecuteResponse, StreamCall } from "./messages.ts";

// How often in a row a stream may break or end at once before the server counts as lost: about a minute. One that
// lasted so many milliseconds counts as alive although it said nothing: a statement may be silent for hours.
const TRIES = 12;
const ENDED_ALIVE = 50;
const BROKEN_ALIVE = 30_000;
// The server keeps what was sent until it is released; rows are, now and then.
const RELEASE_BYTES = 8 * 1024 * 1024;

/**
 * All responses of one operation, each once and in order, up to its completion. The server may end a stream at any
 * time and connections break: the rest is fetched by reattaching after the last response that arrived. Without a
 * `request` the operation is one that already runs.
 */
export async function* responses(
  connection: Connection,
  operationId: string,
  request?: object,
): AsyncGenerator<ExecuteResponse, void> {
  let last: string | undefined;
  let bytes = 0;
  let tried = 0;
  let sent = 0;
  let send = request !== undefined;
  while (true) {
    if (send) sent += 1;
    const call = send ? "ExecutePlan" : "ReattachExecute";
    const rest = send ? request : last && { last_response_id: last };
    const before = last;
    const began = Date.now();
    let failure: unknown;
    try {
      for await (const response of attached(connection, call, { operation_id: operationId, ...rest })) {
        last = response.response_id;
        yield response;
        if (response.response_type === "result_complete") return;
        bytes += response.arrow_batch?.data.length ?? 0;
        if (bytes < RELEASE_BYTES) continue;
        bytes = 0;
        releaseOperation(connection, operationId, last);
      }
      send = false;
    } catch (error) {
      failure = error;
      send = await next(connection, error, send && sent > 1, sent > 0 && last === undefined);
    }
    if (last !== before) tried = 0;
    else if (Date.now() - began > (failure ? BROKEN_ALIVE : ENDED_ALIVE)) tried = 1;
    else tried += 1;
    if (tried > TRIES) throw failure ? await connection.explain(failure) : silent(connection);
    if (tried > 0) await sleep(reconnectPause(tried));
  }
}

/** Tells the server that the answers of an operation, or those up to one of them, are not wanted any more. */
export function releaseOperation(connection: Connection, operationId: string, until?: string): void {
  const what = until ? { release_until: { response_id: until } } : { release_all: {} };
  // A server that does not hear it forgets the operation after a few minutes by itself.
  connection.unary("ReleaseExecute", { operation_id: operationId, ...what }, 10_000).catch(() => {});
}

async function* attached(connection: Connection, call: StreamCall, request: object): AsyncGenerator<ExecuteResponse> {
  const stream = connection.channel.stream(call, { ...connection.head(), ...request });
  stream.on("error", () => {}); // the loop below hears of it; a late one must not end the process
  try {
    for await (const response of stream as AsyncIterable<ExecuteResponse>) {
      connection.see(response);
      yield response;
    }
  } finally {
    stream.cancel();
  }
}

/** After a failure: true to send the statement (again), false to reattach; throws where neither helps. */
async function next(connection: Connection, error: unknown, again: boolean, unanswered: boolean): Promise<boolean> {
  if (!isServiceError(error)) throw error;
  const errorClass = errorClassOf(error);
  if (isBroken(error) || errorClass === "INVALID_CURSOR.DISCONNECTED") return false;
  // It never started, so it may be sent again: the same server would know an operation that ran.
  if (errorClass === "INVALID_HANDLE.OPERATION_NOT_FOUND" && unanswered && connection.knowsServer()) return true;
  // It had started after all: an earlier sending arrived.
  if (errorClass === "INVALID_HANDLE.OPERATION_ALREADY_EXISTS" && again) return false;
  throw await connection.explain(error);
}

function silent(connection: Connection): ServerLost {
  return new ServerLost(
    `The Spark server at ${connection.channel.address} ends every stream without a word. Look at its log.`,
  );
}
