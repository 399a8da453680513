import { describeIceberg, metadataFile } from "../../connectors/iceberg/iceberg.ts";
import { tableNameOf } from "../../connectors/iceberg/names.ts";
import type { Session } from "../../connectors/spark/session.ts";
import { awaitEnd, lastProgress, type StreamId, stopStream } from "../../connectors/spark/streaming.ts";
import { group } from "../../views/format/figures.ts";
import type { StepContext } from "../engine.ts";
import { type Committed, committedIn } from "./checkpoint.ts";
import type { RunningStream } from "./follow.ts";
import { hasReached, lesser, type PartitionOffsets } from "./offsets.ts";
import type { StreamLogs } from "./parameters.ts";
import { lastEpoch, proveStream, type StreamProof } from "./prove.ts";
import { type QueryPlan, startQuery, stopBetween } from "./queries.ts";

/** Stops a stream between two batches and counts what is in its tables against what was consumed of the topic. */
export async function endInOrder(running: RunningStream, context: StepContext<StreamLogs>) {
  const { session, plan, queries, topic } = running;
  // A query that waits for a broker is in the midst of nothing.
  const patience = (await topic.ends()) ? 60_000 : 2_000;
  await stopBetween(session, queries.lines, patience);
  await stopBetween(session, queries.bad, patience);
  const committed = await settled(session, plan);
  const consumed = committed?.offsets ?? {};
  const both = await bringBadTo(session, plan, consumed, patience);
  const proof = await proveStream(session, plan.target, both, !hasReached(both, consumed));
  const table = await describeIceberg(session, plan.target.lines);
  const file = table?.current && (await metadataFile(session, plan.target.lines));
  context.proof(proofOf(plan, proof, context, table?.current?.id));
  const notes = hasReached(both, consumed)
    ? []
    : ["no broker answered, so lines were counted only as far as bad ones had been looked for"];
  const ended = {
    rows: String(proof.lines),
    bytes: table?.current?.summary["total-files-size"] ?? "0",
    files: Number(table?.current?.summary["total-data-files"] ?? 0),
    ...(table?.current && { targetSnapshot: table.current.id }),
    ...(file && { metadataFile: file }),
    figures: {
      lines: String(proof.consumed),
      badLines: String(proof.bad),
      batches: String((committed?.batch ?? -1) + 1),
    },
    proof: { level: "read-back", verdict: proof.differences.length > 0 ? "differs" : "equal" } as const,
  };
  if (proof.differences.length === 0)
    return {
      outcome: "succeeded" as const,
      ...ended,
      notes: [...notes, `${group(String(proof.consumed))} lines counted`],
    };
  return {
    ...{ outcome: "failed" as const, ...ended },
    error: {
      message: `${tableNameOf(plan.target.lines)} differs from the topic ${plan.topic}: ${proof.differences.join("; ")}.`,
      hint: "A topic that is compacted, or filled in transactions, has offsets without lines: then this is no loss. Else look at the proof.",
    },
  };
}

/**
 * What the checkpoint says when nothing runs any more. A batch that is in the table and not finished in the checkpoint,
 * since its query was ended in between, is finished first: nothing is written twice by that.
 */
async function settled(session: Session, plan: QueryPlan): Promise<Committed | undefined> {
  for (let tries = 1; ; tries++) {
    const committed = await committedIn(session, plan.target.checkpoints.lines, plan.topic);
    if ((await lastEpoch(session, plan.target.lines)) <= (committed?.batch ?? -1) || tries > 3) return committed;
    const again = await startQuery(session, plan, "lines");
    await firstProgress(session, again);
    await stopBetween(session, again);
  }
}

async function firstProgress(session: Session, query: StreamId): Promise<void> {
  for (let tries = 0; tries < 300 && !(await lastProgress(session, query)); tries++)
    await new Promise(resolve => setTimeout(resolve, 100));
}

/**
 * The bad lines are read by a query of their own, which may be behind. It reads on to where the other one is, unless no
 * broker answers; gives how far both have come.
 */
async function bringBadTo(
  session: Session,
  plan: QueryPlan,
  consumed: PartitionOffsets,
  patience: number,
): Promise<PartitionOffsets> {
  const { checkpoints, starts, bad } = plan.target;
  let committed = await committedIn(session, checkpoints.bad, plan.topic);
  const behind = !hasReached(committed?.offsets ?? starts, consumed);
  const between = (await lastEpoch(session, bad)) > (committed?.batch ?? -1);
  if (behind || between) {
    const query = await startQuery(session, plan, "bad", true);
    if (!(await awaitEnd(session, query, patience))) await stopStream(session, query);
    committed = await committedIn(session, checkpoints.bad, plan.topic);
  }
  return lesser(consumed, committed?.offsets ?? starts);
}

function proofOf(
  plan: QueryPlan,
  found: StreamProof,
  { attempt }: StepContext<StreamLogs>,
  snapshot: string | undefined,
) {
  return {
    at: new Date().toISOString(),
    attempt,
    table: `kafka.${plan.topic}`,
    target: tableNameOf(plan.target.lines),
    level: "read-back",
    verdict: found.differences.length > 0 ? "differs" : "equal",
    ...(snapshot && { targetSnapshot: snapshot }),
    columns: ["partition", "offset"],
    source: { rows: String(found.consumed) },
    targetFigures: { rows: String(found.lines), bad: String(found.bad) },
    partitions: found.partitions,
    ...(found.differences.length > 0 && { differences: found.differences }),
    sql: [found.sql],
  };
}
