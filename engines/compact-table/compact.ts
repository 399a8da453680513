import { setTimeout as pause } from "node:timers/promises";
import { equalityDeletesNow } from "../../connectors/iceberg/describe.ts";
import { describeIceberg, metadataFile } from "../../connectors/iceberg/iceberg.ts";
import { copiedColumns } from "../../connectors/iceberg/layout/columns.ts";
import { quote, sparkCatalog, sparkLiteral, sqlName, type TableName } from "../../connectors/iceberg/names.ts";
import { SparkError } from "../../connectors/spark/errors.ts";
import type { Row, Session } from "../../connectors/spark/session.ts";
import type { StepContext } from "../engine.ts";
import { outcomeFigures } from "../table-copy/move.ts";
import type { CompactTable } from "./parameters.ts";
import { proveRewrites, snapshotIds } from "./prove-rewrites.ts";

/** Writes a table's small files anew as large ones, and lets go of snapshots that nobody needs any more. */
export async function compact(session: Session, name: TableName, context: StepContext<CompactTable>) {
  const { keepHours, minFiles } = context.job.parameters;
  const call = (procedure: string, rest: string) => calling(session, name, procedure, rest, context.signal);
  const known = await snapshotIds(session, name);
  const deletes = await equalityDeletesNow(session, name);
  const options = ["'min-input-files'", `'${minFiles}'`, "'partial-progress.enabled'", "'false'"];
  // Not every engine applies deletes by value: they are taken out with the rows that they delete. With the sequence number
  // of before, a new file would count as one that the last of them still applies to.
  if (deletes > 0)
    options.push(
      ...["'delete-file-threshold'", "'1'", "'remove-dangling-deletes'", "'true'"],
      ...["'use-starting-sequence-number'", "'false'"],
    );
  const files = await call("rewrite_data_files", `options => map(${options.join(", ")})`);
  if (deletes > 0) await letGo(session, name);
  const proof = await proveRewrites(session, name, known, context);
  const manifests = await call("rewrite_manifests", "use_caching => false");
  const expired = await expire(session, name, keepHours, call);
  const now = await describeIceberg(session, name);
  const left = deletes > 0 ? await equalityDeletesNow(session, name) : 0;
  const file = await metadataFile(session, name);
  return {
    outcome: "succeeded" as const,
    ...outcomeFigures(now?.current?.summary ?? {}),
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
      ...(deletes > 0 ? [`${deletes} equality delete files were applied, ${left} are left`] : []),
    ],
  };
}

// Of a table without partitions Iceberg lets delete files that apply to nothing go with the deletes that come after: the first
// forgets the files that were rewritten, the second is then sure of it. These delete no row.
async function letGo(session: Session, name: TableName): Promise<void> {
  const columns = copiedColumns(await session.schema(`select * from ${sqlName(name)}`)).filter(
    ({ required }) => !required,
  );
  const [column] = [...columns.filter(({ target }) => !NESTED.has(target.kind)), ...columns];
  if (!column) return;
  const nothing = `${quote(column.name)} is null and ${quote(column.name)} is not null`;
  for (let commits = 0; commits < 3 && (await equalityDeletesNow(session, name)) > 0; commits++)
    await session.command(`delete from ${sqlName(name)} where ${nothing}`);
}

const NESTED: ReadonlySet<string> = new Set(["struct", "array", "map"]);

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
  const before = sparkLiteral(String(bounds?.before));
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
  const identifier = sparkLiteral(`${quote(namespace)}.${quote(table)}`);
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
