import { setTimeout as pause } from "node:timers/promises";
import { attachCatalogs } from "../../connectors/iceberg/catalogs.ts";
import { describeIceberg } from "../../connectors/iceberg/iceberg.ts";
import {
  quote,
  sparkCatalog,
  sparkLiteral,
  streamTable,
  type TableName,
  tableNameOf,
} from "../../connectors/iceberg/names.ts";
import type { Session } from "../../connectors/spark/session.ts";
import type { Outcome } from "../../core/jobs/outcome.ts";
import type { Settings } from "../../core/settings.ts";
import { listQueued, listRunning } from "../../core/store/jobs-on-disk.ts";
import { layoutOf } from "../../core/store/layout.ts";
import type { Step, StepContext } from "../engine.ts";
import { jobErrorOf } from "../runner/job-error.ts";
import { watchStop } from "../runner/stopping.ts";
import type { SummarizeRequests } from "./parameters.ts";
import type { Statistic } from "./statistics.ts";
import { type SummarySource, writeStatistic } from "./write.ts";

type Ended = Omit<Outcome, "table" | "target" | "seconds">;
type Steps = readonly Step<{ statistic: Statistic }>[];

/** Writes all statistics once, or every few minutes until the stream ends or somebody stops the job. Gives the last outcome of each. */
export async function summarize(
  steps: Steps,
  source: TableName,
  context: StepContext<SummarizeRequests>,
): Promise<Map<string, Ended>> {
  const { everyMinutes } = context.job.parameters;
  const session = await context.spark();
  await attachCatalogs(session, context.settings, [source.catalog]);
  if (!everyMinutes) return await oneRound(session, steps, source, context);
  const stopping = watchStop(context);
  try {
    let before = new Map<string, Ended>();
    for (let rounds = 1; ; rounds++) {
      // Asked before: what the stream writes until it ends is in the round after.
      const goesOn = isFollowed(context.settings, source) && !stopping.signal.aborted;
      const round = await oneRound(session, steps, source, { ...context, signal: stopping.signal }, goesOn);
      if (stopping.signal.aborted) return stopping.inOrder() ? lastWhole(before, round) : cancelled(round);
      if (!goesOn) return round;
      before = round;
      // It may be overtaken; the next time does it.
      if (rounds % ROUNDS_KEPT === 0) await forget(session, steps, source).catch(() => undefined);
      await pause(everyMinutes * 60_000, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  } finally {
    stopping.close();
  }
}

async function oneRound(
  session: Session,
  steps: Steps,
  name: TableName,
  context: StepContext<SummarizeRequests>,
  mayBeEmpty = false,
): Promise<Map<string, Ended>> {
  const source = await sourceOf(session, name);
  const ended = new Map<string, Ended>();
  for (const step of steps) {
    const { ending } = step.detail.statistic;
    if (source) ended.set(ending, await one(session, source, step, context));
    else if (mayBeEmpty) ended.set(ending, { outcome: "skipped", error: { message: NOTHING(name) } });
    else ended.set(ending, { outcome: "failed", error: { message: NOTHING(name) } });
  }
  return ended;
}

const NOTHING = (name: TableName) => `${tableNameOf(name)} has no requests yet, or is not there.`;

// One that fails never stops the others.
async function one(
  session: Session,
  source: SummarySource,
  step: Steps[number],
  context: StepContext<SummarizeRequests>,
): Promise<Ended> {
  try {
    return await writeStatistic(session, source, step.detail.statistic, step, context);
  } catch (error) {
    if (context.signal.aborted) return { outcome: "cancelled" };
    return { outcome: "failed", error: jobErrorOf(error) };
  }
}

async function sourceOf(session: Session, name: TableName): Promise<SummarySource | undefined> {
  const found = await describeIceberg(session, name);
  if (!found?.current) return undefined;
  return { name, snapshot: found.current.id, rows: found.current.summary["total-records"] ?? "0" };
}

// A round that was broken off has changed nothing that the one before has not said.
function lastWhole(before: Map<string, Ended>, round: Map<string, Ended>): Map<string, Ended> {
  const broken = [...round.values()].some(({ outcome }) => outcome === "cancelled");
  return broken && before.size > 0 ? before : round;
}

// The worker takes it up again.
function cancelled(last: Map<string, Ended>): Map<string, Ended> {
  return new Map([...last.keys()].map(ending => [ending, { outcome: "cancelled" }]));
}

/** Whether a stream that is written into this table runs, or waits for its turn. */
function isFollowed(settings: Settings, source: TableName): boolean {
  const layout = layoutOf(settings.DATA_DIR);
  const files = [...listRunning(layout), ...listQueued(layout)].map(({ file }) => file);
  return files.some(file => {
    if (file?.type !== "stream-logs") return false;
    const { topic, table } = file.parameters as { topic?: string; table?: string };
    return tableNameOf(streamTable({ topic, table })) === tableNameOf(source);
  });
}

const ROUNDS_KEPT = 50;

// A round a minute is half a million snapshots a year.
async function forget(session: Session, steps: Steps, { catalog, namespace, table }: TableName): Promise<void> {
  const now = sparkLiteral(new Date().toISOString().replace("T", " ").replace("Z", ""));
  for (const { detail } of steps) {
    const name = sparkLiteral(`${quote(namespace)}.${quote(`${table}${detail.statistic.ending}`)}`);
    await session.command(
      `call ${quote(sparkCatalog(catalog))}.system.expire_snapshots(table => ${name}, older_than => timestamp ${now},
       retain_last => ${ROUNDS_KEPT})`,
    );
  }
}
