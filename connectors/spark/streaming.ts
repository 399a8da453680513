import { SparkError } from "./errors.ts";
import type { Arguments } from "./protocol/bind.ts";
import type { QueryIdMessage, StreamAnswers, StreamCommand } from "./protocol/messages.ts";
import { type StreamSource, streamRelation } from "./protocol/plan.ts";
import type { Session } from "./session.ts";

export type { StreamSource } from "./protocol/plan.ts";

/** A streaming query: a SELECT over a source, written into an Iceberg table batch by batch. */
export interface Stream {
  /** Reads from the source by its alias. */
  sql: string;
  args?: Arguments;
  source: StreamSource;
  /** There already, with the columns of the SELECT. */
  table: string;
  /** The address of a folder, `file:///…`. The same folder goes on where it stopped, and stops another run of it. */
  checkpoint: string;
  /** A batch at this interval (`10 seconds`), or all that there is now and then the end. */
  trigger: { every: string } | "available-now";
  name: string;
}

/** A query that was started: `id` stays with the checkpoint, `runId` is new at every start. */
export interface StreamId {
  id: string;
  runId: string;
}

/** What a query does now. One whose source cannot be reached is active all the same: look at its progress. */
export interface StreamStatus {
  active: boolean;
  message: string;
  dataAvailable: boolean;
  triggerActive: boolean;
}

/** One batch, or a look for one, as Spark tells it; offsets are the source's own, of any shape. */
export interface StreamProgress {
  batchId: number;
  timestamp: string;
  durationMs: Record<string, number>;
  sources: {
    numInputRows: number;
    inputRowsPerSecond?: number;
    processedRowsPerSecond?: number;
    startOffset: unknown;
    endOffset: unknown;
    latestOffset: unknown;
    metrics?: Record<string, string>;
  }[];
  sink: { numOutputRows: number };
}

type Executor = Pick<Session, "execute">;

/** Starts a streaming query. It lives as long as the session, whoever looks, unless it ends or is stopped. */
export async function startStream(session: Executor, stream: Stream): Promise<StreamId> {
  const { sql, source, args, table, checkpoint, trigger, name } = stream;
  const started = await ask(session, {
    write_stream_operation_start: {
      ...{ input: streamRelation(sql, source, args), format: "iceberg", output_mode: "append" },
      ...{ table_name: table, query_name: name, options: { checkpointLocation: checkpoint } },
      ...(trigger === "available-now" ? { available_now: true } : { processing_time_interval: trigger.every }),
    },
  });
  const result = started.write_stream_operation_start_result;
  if (!result) throw new SparkError(`Spark did not say whether it started the stream ${name}. Look at its log.`);
  return idOf(result.query_id);
}

/** What a query does now; one that has ended is known for an hour. Throws where the session does not know it. */
export async function streamStatus(session: Executor, stream: StreamId): Promise<StreamStatus> {
  const { status } = await of(session, stream, { status: true });
  return {
    active: status?.is_active ?? false,
    message: status?.status_message ?? "",
    dataAvailable: status?.is_data_available ?? false,
    triggerActive: status?.is_trigger_active ?? false,
  };
}

/** The newest progress; none before the first. */
export async function lastProgress(session: Executor, stream: StreamId): Promise<StreamProgress | undefined> {
  return progresses(await of(session, stream, { last_progress: true })).at(-1);
}

/** The progress of the last hundred or so batches, oldest first. */
export async function recentProgress(session: Executor, stream: StreamId): Promise<StreamProgress[]> {
  return progresses(await of(session, stream, { recent_progress: true }));
}

/** What a query failed with; nothing where it runs or ended well. */
export async function streamFailure(session: Executor, stream: StreamId): Promise<SparkError | undefined> {
  const { exception } = await of(session, stream, { exception: true });
  const { exception_message: message, error_class: errorClass, stack_trace: serverCause } = exception ?? {};
  return message && !STOPPED.test(message)
    ? new SparkError(message, { ...(errorClass && { errorClass }), ...(serverCause && { serverCause }) })
    : undefined;
}

/** Stops a query and waits for its end: a batch that is not committed is done again at the next start. */
export async function stopStream(session: Executor, stream: StreamId): Promise<void> {
  await of(session, stream, { stop: true });
}

/** Waits until a query has ended, or so long; whether it has. Throws what it failed with. */
export async function awaitEnd(session: Executor, stream: StreamId, milliseconds?: number): Promise<boolean> {
  const await_termination = milliseconds === undefined ? {} : { timeout_ms: String(milliseconds) };
  try {
    return (await of(session, stream, { await_termination })).await_termination?.terminated ?? false;
  } catch (error) {
    if (error instanceof SparkError && error.errorClass === "STREAM_FAILED" && STOPPED.test(error.message)) return true;
    throw error;
  }
}

// A stop interrupts the stream's thread. Where Iceberg was waiting between two tries of a commit it wraps that, and Spark
// takes the stop for a failure.
const STOPPED = /java\.lang\.InterruptedException: /;

/** The queries of the session that are active. */
export async function activeStreams(session: Executor): Promise<(StreamId & { name?: string })[]> {
  const answer = await ask(session, { streaming_query_manager_command: { active: true } });
  const found = answer.streaming_query_manager_command_result?.active?.active_queries ?? [];
  return found.map(({ id, name }) => ({ ...idOf(id), ...(name && { name }) }));
}

async function of(session: Executor, { id, runId }: StreamId, question: object) {
  const answer = await ask(session, { streaming_query_command: { query_id: { id, run_id: runId }, ...question } });
  return answer.streaming_query_command_result ?? {};
}

async function ask(session: Executor, command: StreamCommand): Promise<StreamAnswers> {
  return (await session.execute({ command }).result).stream ?? {};
}

function idOf({ id, run_id: runId }: QueryIdMessage): StreamId {
  return { id, runId };
}

function progresses({ recent_progress: told }: { recent_progress?: { recent_progress_json: string[] } }) {
  return (told?.recent_progress_json ?? []).filter(Boolean).map(text => JSON.parse(text) as StreamProgress);
}
