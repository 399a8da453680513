import { setTimeout as pause } from "node:timers/promises";
import { sqlName } from "../../connectors/iceberg/names.ts";
import type { Session } from "../../connectors/spark/session.ts";
import type { StreamId, StreamProgress } from "../../connectors/spark/streaming.ts";
import { committedIn } from "./checkpoint.ts";
import { offsetsOf } from "./offsets.ts";
import { type QueryPlan, queryProgress, type StreamQuery } from "./queries.ts";
import type { SeenCounts, StreamReport } from "./report.ts";
import type { Topic } from "./topic.ts";

/** A stream that runs. */
export interface RunningStream {
  session: Session;
  plan: QueryPlan;
  queries: Record<StreamQuery, StreamId>;
  topic: Topic;
}

// A query that has nothing to do says so every ten seconds; one that says nothing for longer hangs.
const SILENT = 60_000;

/**
 * Looks at a stream again and again until somebody wants it to end. Throws what a query has failed with, and what says that
 * Spark is gone. `moved` is told whenever a batch has ended.
 */
export async function followStream(
  running: RunningStream,
  report: StreamReport,
  stop: AbortSignal,
  moved: () => void,
): Promise<void> {
  const { session, plan, queries, topic } = running;
  const committed = await committedIn(session, plan.target.checkpoints.lines, plan.topic);
  const known: SeenCounts = {
    batch: committed?.batch ?? -1,
    consumed: committed?.offsets ?? {},
    badLines: await recordsOf(session, plan),
  };
  let badBatch: number | undefined;
  for (let first = true; !stop.aborted; first = false) {
    const reported = await queryProgress(session, queries);
    const ends = await topic.ends();
    if (reported.bad && reported.bad.batchId !== badBatch) {
      badBatch = reported.bad.batchId;
      known.badLines = await recordsOf(session, plan);
    }
    if (take(reported.lines, known, plan.topic) && !first) moved();
    report.waitFor(ends ? silent(reported.lines) : `a Kafka broker: none answers at ${plan.brokers}`);
    report.see({ ...known, ...(ends && { ends }) });
    if (!ends && (await topic.hasMoved())) return;
    await pause(Math.min(2000, plan.trigger * 500), undefined, { signal: stop }).catch(() => undefined);
  }
}

// Takes over what Spark tells of a batch; whether it is another one than before.
function take(reported: StreamProgress | undefined, known: SeenCounts, topic: string): boolean {
  if (!reported) return false;
  known.lastProgressAt = new Date(
    Date.parse(reported.timestamp) + (reported.durationMs.triggerExecution ?? 0),
  ).toISOString();
  const reached = offsetsOf(reported.sources[0]?.endOffset, topic);
  if (!reached) return false;
  const moved = reported.batchId !== known.batch && reported.batchId > known.batch;
  Object.assign(known, { batch: Math.max(known.batch, reported.batchId), consumed: reached });
  return moved;
}

function silent(reported: StreamProgress | undefined): string | undefined {
  if (!reported || Date.now() - Date.parse(reported.timestamp) < SILENT + (reported.durationMs.triggerExecution ?? 0))
    return undefined;
  return `Spark: it has told nothing since ${reported.timestamp}, so its batch takes long or it can't reach the broker`;
}

async function recordsOf(session: Session, { target }: QueryPlan): Promise<number> {
  const [row] = await session.query(
    `select summary['total-records'] as n from ${sqlName(target.bad)}.snapshots order by committed_at desc limit 1`,
  );
  return Number(row?.n ?? 0);
}
