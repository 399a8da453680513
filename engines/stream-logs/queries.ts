import { sqlName } from "../../connectors/iceberg/names.ts";
import { SparkError } from "../../connectors/spark/errors.ts";
import type { Session } from "../../connectors/spark/session.ts";
import {
  activeStreams,
  lastProgress,
  type StreamId,
  type StreamProgress,
  startStream,
  stopStream,
  streamFailure,
  streamStatus,
} from "../../connectors/spark/streaming.ts";
import type { LogFormat } from "../../formats/logs/format.ts";
import { type PartitionOffsets, startsOf } from "./offsets.ts";
import { badLines, goodLines, SOURCE } from "./sql.ts";
import type { Target } from "./target.ts";

/** What both queries of a stream are made of. */
export interface QueryPlan {
  target: Target;
  brokers: string;
  topic: string;
  /** The topic's partitions, by the offset where each ends now. */
  partitions: PartitionOffsets;
  format: LogFormat;
  /** The table of countries, as SQL. */
  reference: string;
  /** Seconds. */
  trigger: number;
}

export type StreamQuery = "lines" | "bad";

// So many lines a batch at most: what has waited for days must not become one batch that nobody sees end.
const MOST = { lines: 200_000, bad: 1_000_000 };

// Bad lines are looked for less often: each look is a commit.
const LESS_OFTEN = 3;

/** Starts one of a stream's queries, where its checkpoint is; a run of it that another session has is ended by Spark. */
export async function startQuery(
  session: Session,
  plan: QueryPlan,
  query: StreamQuery,
  once = false,
): Promise<StreamId> {
  const { target, brokers, topic, format, reference, trigger } = plan;
  const every = query === "bad" ? LESS_OFTEN * trigger : trigger;
  return await startStream(session, {
    sql: query === "bad" ? badLines(format) : goodLines(format, reference),
    source: {
      alias: SOURCE,
      format: "kafka",
      options: {
        "kafka.bootstrap.servers": brokers,
        subscribe: topic,
        startingOffsets: JSON.stringify({ [topic]: startsOf(target.starts, plan.partitions) }),
        maxOffsetsPerTrigger: String(MOST[query]),
        failOnDataLoss: "true",
      },
    },
    table: sqlName(target[query]),
    checkpoint: target.checkpoints[query],
    trigger: once ? "available-now" : { every: `${Math.round(every * 1000)} milliseconds` },
    name: query,
  });
}

/** Both queries: those that run in this session already, else new ones. */
export async function openStreamQueries(session: Session, plan: QueryPlan): Promise<Record<StreamQuery, StreamId>> {
  const active = await activeStreams(session);
  const open = async (query: StreamQuery) =>
    active.find(({ name }) => name === query) ?? (await startQuery(session, plan, query));
  return { lines: await open("lines"), bad: await open("bad") };
}

/** What each query has last told. Throws what one has failed with. */
export async function queryProgress(
  session: Session,
  queries: Record<StreamQuery, StreamId>,
): Promise<Record<StreamQuery, StreamProgress | undefined>> {
  const active = await activeStreams(session);
  for (const query of [queries.lines, queries.bad]) {
    if (active.some(({ runId }) => runId === query.runId)) continue;
    throw (await streamFailure(session, query)) ?? new SparkError("Spark has ended the stream and gave no reason.");
  }
  return { lines: await lastProgress(session, queries.lines), bad: await lastProgress(session, queries.bad) };
}

/** Stops both as they are: a batch that is under way is done again by the next start. */
export async function stopQueries(session: Session, queries: Record<StreamQuery, StreamId>): Promise<void> {
  for (const query of [queries.lines, queries.bad]) await stopStream(session, query);
}

/** Stops a query between two batches, where that is within `patience`; else in the midst of one, which is then done again. */
export async function stopBetween(session: Session, query: StreamId, patience = 60_000): Promise<void> {
  const until = Date.now() + patience;
  for (;;) {
    const { active, triggerActive } = await streamStatus(session, query);
    if (!active) return;
    if (!triggerActive || Date.now() > until) return await stopStream(session, query);
    await new Promise(resolve => setTimeout(resolve, 50));
  }
}
