import { setTimeout as pause } from "node:timers/promises";
import { SparkError } from "../../spark/errors.ts";
import type { Row, Session } from "../../spark/session.ts";
import { describeIceberg, metadataFile } from "../../tables/iceberg.ts";
import { literal, quote, sparkCatalog, sqlName, type TableName } from "../../tables/names.ts";
import type { StepContext } from "../engine.ts";
import { figuresOf } from "../move.ts";
import type { CompactTable } from "./parameters.ts";

/** Writes a table's small files anew as large ones, and lets go of snapshots that nobody needs any more. */
export async function compact(session: Session, name: TableName, context: StepContext<CompactTable>) {
  const { keepHours, minFiles } = context.job.parameters;
  const call = (procedure: string, rest: string) => calling(session, name, procedure, rest, context.signal);
  const options = `options => map('min-input-files', '${minFiles}', 'partial-progress.enabled', 'false')`;
  const files = await call("rewrite_data_files", options);
  const proof = await proveRewrites(session, name, context);
  const manifests = await call("rewrite_manifests", "use_caching => false");
  const expired = await expire(session, name, keepHours, call);
  const now = await describeIceberg(session, name);
  const file = await metadataFile(session, name);
  return {
    outcome: "succeeded" as const,
    ...figuresOf(now?.current?.summary ?? {}),
    ...(now?.current && { targetSnapshot: now.current.id }),
    ...(file && { metadataFile: file }),
    figures: {
      filesRewritten: String(files?.rewritten_data_files_count ?? 0),
      filesWritten: String(files?.added_data_files_count ?? 0),
      manifestsRewritten: String(manifests?.rewritten_manifests_count ?? 0),
      filesDeleted: String(expired?.deleted_data_files_count ?? 0),
    },
    proof,
    notes: [
      `${files?.rewritten_data_files_count ?? 0} files became ${files?.added_data_files_count ?? 0}`,
      `${expired?.deleted_data_files_count ?? 0} files that no snapshot needs were deleted`,
    ],
  };
}

/**
 * Whatever a rewrite has taken out it must have put in again. Iceberg commits it as one change that whoever reads or
 * writes meanwhile sees whole or not at all.
 */
async function proveRewrites(session: Session, name: TableName, { job, attempt, proof }: StepContext<CompactTable>) {
  const rows = await session.query(
    `select cast(snapshot_id as string) as id, coalesce(summary['added-records'], '0') as added,
      coalesce(summary['deleted-records'], '0') as deleted
     from ${sqlName(name)}.snapshots where operation = 'replace' and summary['portal.job'] = ${literal(job.id)}`,
  );
  const wrong = rows.filter(({ added, deleted }) => added !== deleted);
  const verdict = wrong.length > 0 ? ("differs" as const) : ("equal" as const);
  for (const { id, added, deleted } of rows)
    proof({
      ...{ at: new Date().toISOString(), attempt, table: name.table, target: name.table, level: "metadata" },
      ...{ verdict: added === deleted ? "equal" : "differs", targetSnapshot: id },
      ...{ columns: [], source: { rows: deleted }, targetFigures: { rows: added } },
    });
  if (wrong.length > 0)
    throw new Error(
      `The files of ${name.table} hold other rows than those they were made from: roll back to the snapshot before ${wrong[0]?.id}.`,
    );
  return { level: "metadata" as const, verdict };
}

/**
 * Expires snapshots older than `hours`. A stream finds out by the newest snapshot of its own which of its batches are
 * in the table: that one and all after it stay, however old they are.
 */
async function expire(
  session: Session,
  name: TableName,
  hours: number,
  call: (procedure: string, rest: string) => Promise<Row | undefined>,
): Promise<Row | undefined> {
  const [bounds] = await session.query(
    `select cast(least(
        current_timestamp() - make_interval(0, 0, 0, 0, 0, 0, ${Math.round(hours * 3600)}),
        coalesce(min(newest), current_timestamp())) as string) as before
     from (select max(committed_at) as newest from ${sqlName(name)}.snapshots
       where summary['spark.sql.streaming.queryId'] is not null group by summary['spark.sql.streaming.queryId'])`,
  );
  const before = literal(String(bounds?.before));
  return await call("expire_snapshots", `older_than => timestamp ${before}, retain_last => ${RETAINED}`);
}

const RETAINED = 20;
const TRIES = 5;

// Whoever writes beside it commits every few seconds, and may be first each time.
async function calling(
  session: Session,
  { catalog, namespace, table }: TableName,
  procedure: string,
  rest: string,
  signal: AbortSignal,
): Promise<Row | undefined> {
  const identifier = literal(`${quote(namespace)}.${quote(table)}`);
  const sql = `call ${quote(sparkCatalog(catalog))}.system.${procedure}(table => ${identifier}, ${rest})`;
  for (let tried = 1; ; tried++) {
    try {
      return (await session.command(sql, { signal }))[0];
    } catch (error) {
      if (!(error instanceof SparkError) || !OVERTAKEN.test(`${error.message} ${error.serverCause}`) || tried >= TRIES)
        throw error;
      await pause(500 * tried, undefined, { signal }).catch(() => undefined);
    }
  }
}

const OVERTAKEN = /CommitFailedException|has been (modified|updated) concurrently|conflict/i;
