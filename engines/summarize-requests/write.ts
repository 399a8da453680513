import { describeIceberg, metadataFile } from "../../connectors/iceberg/iceberg.ts";
import { copiedColumns } from "../../connectors/iceberg/layout/columns.ts";
import { sqlName, type TableName, tableNameOf } from "../../connectors/iceberg/names.ts";
import type { Session } from "../../connectors/spark/session.ts";
import type { Step, StepContext } from "../engine.ts";
import { clearUp, outcomeFigures, watchOf } from "../table-copy/move.ts";
import { changeOf, dropLeftBranches, type Write, writeProvePublish } from "../table-copy/publish.ts";
import type { SummarizeRequests } from "./parameters.ts";
import type { Statistic } from "./statistics.ts";

/** A snapshot of a stream's table, and how many rows it has. */
export interface SummarySource {
  name: TableName;
  snapshot: string;
  rows: string;
}

/** Where a table of statistics says of which snapshot it tells: on the very snapshot that holds them. */
const SUMMARIZED = "portal.source-snapshot";
/** The property that names whose statistics a table holds. */
const OF = "portal.statistics-of";

/** Replaces one table of statistics by that of a snapshot, proven before anybody sees it; does nothing where it is that already. */
export async function writeStatistic(
  session: Session,
  source: SummarySource,
  statistic: Statistic,
  step: Pick<Step, "table" | "target" | "action">,
  context: StepContext<SummarizeRequests>,
) {
  const target = { ...source.name, table: `${source.name.table}${statistic.ending}` };
  const existing = await describeIceberg(session, target);
  if (existing && existing.properties[OF] !== tableNameOf(source.name))
    throw new Error(
      `${tableNameOf(target)} is there already and holds no statistics of ${tableNameOf(source.name)}: rename that table.`,
    );
  if (existing?.current?.summary[SUMMARIZED] === source.snapshot)
    return { ...outcome(source, existing.current), notes: ["summarized already"] };
  if (existing && context.planned) await dropLeftBranches(session, target, context.job.id);
  const select = statistic.select(`${sqlName(source.name)} version as of ${source.snapshot}`);
  const columns = copiedColumns(await session.schema(select)).map(({ required: _, ...column }) => column);
  const write: Write = {
    ...{ source: tableNameOf(source.name), sourceSnapshot: source.snapshot, into: target, select, columns },
    ...{ partitioning: [], orderedBy: [], groupBy: [], verify: "read-back", sameLayout: true },
    properties: { ...(!existing && PROPERTIES), [OF]: tableNameOf(source.name) },
    ...(existing && { existing }),
    job: context.job.id,
    attempt: context.attempt,
    keep: context.proof,
  };
  const started = Date.now();
  await session.config.set({ [SUMMARY + SUMMARIZED]: source.snapshot });
  try {
    const { snapshot, notes } = await writeProvePublish(session, write, watchOf(step, context, session.id));
    await refuseOtherSum(session, target, snapshot.id, source);
    const file = await metadataFile(session, target);
    const change = changeOf(existing, context.job.id);
    return { ...outcome(source, snapshot), ...(file && { metadataFile: file }), ...(change && { change }), notes };
  } catch (error) {
    await clearUp({ ...step, detail: existing ? { existing } : {} }, context, write, started, error);
    throw error;
  } finally {
    await session.config.unset([SUMMARY + SUMMARIZED]).catch(() => undefined);
  }
}

const SUMMARY = "spark.sql.iceberg.snapshot-property.";
const PROPERTIES = {
  "format-version": "2",
  "write.metadata.delete-after-commit.enabled": "true",
  "write.metadata.previous-versions-max": "50",
};

function outcome({ snapshot }: SummarySource, written: { id: string; summary: Readonly<Record<string, string>> }) {
  return {
    outcome: "succeeded" as const,
    ...outcomeFigures(written.summary),
    sourceSnapshot: snapshot,
    targetSnapshot: written.id,
    proof: { level: "read-back", verdict: "equal" } as const,
  };
}

// Each request is in one row of each table.
async function refuseOtherSum(session: Session, target: TableName, snapshot: string, { rows, name }: SummarySource) {
  const [row] = await session.query(
    `select cast(coalesce(sum(requests), 0) as string) as n from ${sqlName(target)} version as of ${snapshot}`,
  );
  if (String(row?.n) === rows) return;
  throw new Error(
    `${tableNameOf(target)} counts ${row?.n} requests, ${tableNameOf(name)} has ${rows}: run the job again.`,
  );
}
