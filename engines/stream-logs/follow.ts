import { setTimeout as pause } from "node:timers/promises";
import type { Session } from "../../spark/session.ts";
import type { StreamId, StreamProgress } from "../../spark/streaming.ts";
import { sqlName } from "../../tables/names.ts";
import { committedIn } from "./checkpoint.ts";
import { offsetsOf } from "./offsets.ts";
import { lookAt, type Plan, type Query } from "./queries.ts";
import type { Report, Seen } from "./report.ts";
import type { Topic } from "./topic.ts";

/** A stream that runs. */
export interface Running {
  session: Session;
  plan: Plan;
  queries: Record<Query, StreamId>;
  topic: Topic;
}

// A query that has nothing to do says so every ten seconds; one that says nothing for longer hangs.
const SILENT = 60_000;

/**
 * Looks at a stream again and again until somebody wants it to end. Throws what a query has failed with, and what says that
 * Spark is gone. `moved` is told whenever a batch has ended.
 */
export async function follow(running: Running, report: Report, stop: AbortSignal, moved: () => void): Promise<void> {
  const { session, plan, queries, topic } = running;
  const committed = await committedIn(session, plan.target.checkpoints.lines, plan.topic);
  const known: Seen = {
    batch: committed?.batch ?? -1,
    consumed: committed?.offsets ?? {},
    badLines: await recordsOf(session, plan),
  };
  let badBatch: number | undefined;
  for (let first = true; !stop.aborted; first = false) {
    const told = await lookAt(session, queries);
    const ends = await topic.ends();
    if (told.bad && told.bad.batchId !== badBatch) {
      badBatch = told.bad.batchId;
      known.badLines = await recordsOf(session, plan);
    }
    if (take(told.lines, known, plan.topic) && !first) moved();
    report.waitFor(ends ? silent(told.lines) : `a Kafka broker: none answers at ${plan.brokers}`);
    report.see({ ...known, ...(ends && { ends }) });
    if (!ends && (await topic.hasMoved())) return;
    await pause(Math.min(2000, plan.trigger * 500), undefined, { signal: stop }).catch(() => undefined);
  }
}

// Takes over what Spark tells of a batch; whether it is another one than before.
function take(told: StreamProgress | undefined, known: Seen, topic: string): boolean {
  if (!told) return false;
  known.lastProgressAt = new Date(Date.parse(told.timestamp) + (told.durationMs.triggerExecution ?? 0)).toISOString();
  const reached = offsetsOf(told.sources[0]?.endOffset, topic);
  if (!reached) return false;
  const moved = told.batchId !== known.batch && told.batchId > known.batch;
  Object.assign(known, { batch: Math.max(known.batch, told.batchId), consumed: reached });
  return moved;
}

function silent(told: StreamProgress | undefined): string | undefined {
  if (!told || Date.now() - Date.parse(told.timestamp) < SILENT + (told.durationMs.triggerExecution ?? 0))
    return undefined;
  return `Spark: it has told nothing since ${told.timestamp}, so its batch takes long or it can't reach the broker`;
}

async function recordsOf(session: Session, { target }: Plan): Promise<number> {
  const [row] = await session.query(
    `select summary['total-records'] as n from ${sqlName(target.bad)}.snapshots order by committed_at desc limit 1`,
  );
  return Number(row?.n ?? 0);
}
