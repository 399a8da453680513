import { randomUUID } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import { attachCatalogs } from "../../connectors/iceberg/catalogs.ts";
import { countryTable } from "../../connectors/iceberg/countries.ts";
import { sqlName, tableNameOf } from "../../connectors/iceberg/names.ts";
import type { Engine, PlanContext, Step, StepContext } from "../engine.ts";
import { jobErrorOf } from "../runner/job-error.ts";
import { watchStop } from "../runner/stopping.ts";
import { endInOrder } from "./end.ts";
import { describeLoss, isFinal, isWorthWaiting } from "./failure.ts";
import { followStream, type RunningStream } from "./follow.ts";
import { streamFormat } from "./formats.ts";
import type { PartitionOffsets } from "./offsets.ts";
import { type StreamLogs, streamTarget } from "./parameters.ts";
import { openStreamQueries, type QueryPlan, stopQueries } from "./queries.ts";
import { streamReport } from "./report.ts";
import { openTarget } from "./target.ts";
import { findTopic, type Topic } from "./topic.ts";

/** Follows a topic until somebody stops it. What is away is waited for; what is lost is taken up again at its checkpoint. */
const engine: Engine<StreamLogs> = { plan, run };

export default engine;

async function plan({ job, settings }: PlanContext<StreamLogs>) {
  const { topic, format, startingOffsets } = job.parameters;
  streamFormat(format, settings.DATA_DIR);
  const why = `from its checkpoint, or from the ${startingOffsets} line where it has none`;
  const target = tableNameOf(streamTarget(job.parameters));
  return { steps: [{ table: `kafka.${topic}`, target, action: "follow", why, detail: undefined }], parallel: 1 };
}

// So many starts that end without a single batch, and the stream has failed.
const TRIES = 5;

async function run(step: Step, context: StepContext<StreamLogs>) {
  const stopping = watchStop(context);
  const stop = stopping.signal;
  let starts: PartitionOffsets = {};
  const report = streamReport(step.table, () => starts, context.emit);
  let running: RunningStream | undefined;
  let failed = 0;
  try {
    for (let first = true; !stop.aborted; first = false) {
      let topic: Topic | undefined;
      try {
        topic = await findTopic(context, report, stop);
        if (!topic) break;
        running = await open(topic, context, first);
        starts = running.plan.target.starts;
        await followStream(running, report, stop, () => {
          failed = 0;
        });
        if (stop.aborted && stopping.inOrder()) return await endInOrder(running, context);
        // Its brokers are elsewhere now: both begin again from their checkpoints.
        if (!stop.aborted) await stopQueries(running.session, running.queries);
      } catch (error) {
        if (stop.aborted && !isWorthWaiting(error)) throw error;
        if (!isWorthWaiting(error) && (isFinal(error) || ++failed >= TRIES)) throw describeLoss(error);
        report.waitFor(
          isWorthWaiting(error) ? `Spark: ${jobErrorOf(error).message}` : `another start: ${jobErrorOf(error).message}`,
        );
        await pause(Math.min(15_000, 1000 * 2 ** failed), undefined, { signal: stop }).catch(() => undefined);
      } finally {
        await topic?.close();
      }
    }
    return stoppedAway(stopping.inOrder(), running);
  } finally {
    stopping.close();
  }
}

async function open(topic: Topic, context: StepContext<StreamLogs>, first: boolean): Promise<RunningStream> {
  const { job, settings, emit } = context;
  const { parameters } = job;
  const lines = streamTarget(parameters);
  const session = await context.spark(first ? undefined : "again");
  await attachCatalogs(session, settings, [lines.catalog]);
  // As its tables have it: no batch is sorted or sent around before it is written.
  await session.config.set({ "spark.sql.iceberg.distribution-mode": "none" });
  const target = await openTarget(session, settings, {
    ...{ lines, topic: parameters.topic, format: parameters.format, job: job.id },
    firstOffsets: async () =>
      parameters.startingOffsets === "latest" ? ((await topic.ends()) ?? {}) : topic.beginnings(),
  });
  const plan: QueryPlan = {
    ...{ target, brokers: topic.brokers, topic: parameters.topic, trigger: parameters.trigger },
    partitions: (await topic.ends()) ?? target.starts,
    format: streamFormat(parameters.format, settings.DATA_DIR),
    reference: sqlName(await countryTable(session, settings, lines.catalog)),
  };
  // With an operation: whoever takes the job next makes sure that this session is gone before anything is written anew.
  emit({
    event: "progress",
    table: `kafka.${parameters.topic}`,
    step: "start",
    session: session.id,
    operation: randomUUID(),
  });
  return { session, plan, queries: await openStreamQueries(session, plan), topic };
}

// Nothing could be asked any more, so nothing was counted; nothing is lost by that, the checkpoint is where it was.
function stoppedAway(inOrder: boolean, running: RunningStream | undefined) {
  if (!inOrder) return { outcome: "cancelled" as const };
  const why = running ? "Spark was away when it was stopped" : "it was stopped before it could begin";
  return {
    outcome: "succeeded" as const,
    proof: { level: "none", verdict: "not checked" } as const,
    notes: [`${why}: its lines were not counted, and the next start of the stream goes on where this one was`],
  };
}
