import { viewOf } from "../../connectors/hive/acid/views.ts";
import { attachCatalogs, readCatalogs } from "../../connectors/iceberg/catalogs.ts";
import { type HiveTable, isOfNewerHive, isTransactional, listHive } from "../../connectors/iceberg/describe.ts";
import { describeIceberg, type IcebergTable } from "../../connectors/iceberg/iceberg.ts";
import {
  copiedColumns,
  orderLike,
  sameColumns,
  selectList,
  type TableColumn,
} from "../../connectors/iceberg/layout/columns.ts";
import { quoteIfNeeded, sqlName, type TableName, tableNameOf } from "../../connectors/iceberg/names.ts";
import { HIVE_READER, hasOwnReader } from "../../connectors/iceberg/source-files.ts";
import type { DataType } from "../../connectors/spark/protocol/types.ts";
import type { Session } from "../../connectors/spark/session.ts";
import type { JobError } from "../../core/jobs/outcome.ts";
import { SettingsError } from "../../core/settings.ts";
import { type Plan, type PlanContext, type Step, sideBySide } from "../engine.ts";
import { nothing } from "../table-copy/move.ts";
import { decideMove } from "./decide.ts";
import { AS_HIVE, type HiveMove, type HiveSource, readsByPlace } from "./hive-source.ts";
import { inPlaceRefusal } from "./in-place/in-place-refusals.ts";
import { databaseOf, type IngestHive, ingestNamespace } from "./parameters.ts";
import { suspicions } from "./reading/as-hive-means.ts";
import { findHiveSource, readingRefusal, withPartitionValue } from "./reading/find-source.ts";
import { headerLinesOf, withoutHeader } from "./reading/header-lines.ts";
import { type TransactionalTables, transactionalTables } from "./transactional/metastore.ts";

/** Looks at every table that is asked for, and says what will be done with it and why, or why not. Changes nothing. */
export async function planIngest(context: PlanContext<IngestHive>): Promise<Plan<HiveMove>> {
  const { parameters } = context.job;
  if (parameters.verify === "witness" && !context.settings.HIVE_SERVER2_URL)
    throw new SettingsError(
      'No HiveServer2 is set that could be a witness: write HIVE_SERVER2_URL=jdbc:hive2://host:10000 into .env, or leave "verify" out.',
    );
  const session = await context.spark();
  await attachCatalogs(session, context.settings, ["hive", parameters.to]);
  // Columns are those of the metastore, not what a reader of Spark's own finds in folders.
  await session.config.set({ ...AS_HIVE, ...HIVE_READER });
  const all = parameters.tables === "*" && !context.planned;
  const names = await tableNames(session, context, all);
  const transactional = transactionalTables(context.settings);
  const end = () => transactional.end();
  try {
    const plan = (name: string) => planTable(session, { ...context, transactional }, name, parameters.tables === "*");
    return { steps: await sideBySide(names, plan), parallel: context.settings.SPARK_PARALLEL, end };
  } catch (error) {
    await end();
    throw error;
  }
}

async function tableNames(
  session: Session,
  { job, planned }: PlanContext<IngestHive>,
  all: boolean,
): Promise<string[]> {
  const { tables } = job.parameters;
  const database = databaseOf(job.parameters);
  if (planned) return planned.map(step => step.table.slice(`hive.${database}.`.length));
  // Hive folds names to lower case, so `Orders` and `orders` are one table and one step.
  const names = all || tables === "*" ? await listHive(session, database) : tables.map(table => table.toLowerCase());
  return [...new Set(names)];
}

async function planTable(
  session: Session,
  context: PlanContext<IngestHive> & { transactional: TransactionalTables },
  table: string,
  all: boolean,
): Promise<Step<HiveMove>> {
  const { to } = context.job.parameters;
  const database = databaseOf(context.job.parameters);
  const source = { catalog: "hive", namespace: database, table };
  const target = { catalog: to, namespace: ingestNamespace(context.job.parameters), table };
  const base = { table: tableNameOf(source), target: tableNameOf(target) };
  const refused = (error: JobError, outcome: "failed" | "skipped" = all ? "skipped" : "failed"): Step<HiveMove> => ({
    ...base,
    action: outcome === "skipped" ? "skip" : "refuse",
    why: error.message,
    ended: { outcome, error },
    detail: nothing(target),
  });
  if (target.namespace.toLowerCase() === database.toLowerCase()) return refused(sameNamespace(database), "failed");
  try {
    const described = describeIceberg(session, target);
    const layout = session.schema(`select * from ${sqlName(target)}`);
    for (const early of [described, layout]) early.catch(() => undefined); // why it can't be converted is told first
    const { settings, transactional } = context;
    const refuse = (hive: HiveTable) => {
      const isSnapshot = context.job.parameters.mode === "snapshot";
      return isSnapshot && isTransactional(hive) ? notInPlaceEither(table) : undefined;
    };
    const found = await findHiveSource(session, source, { settings, transactional, refuse });
    if ("refused" in found) return found.missing ? refused(found.refused, "failed") : refused(found.refused);
    const { origin, columns } = found;
    const notes = [...unseenFiles(origin), ...found.notes];
    const inPlace = context.job.parameters.mode === "snapshot";
    const notInPlace = inPlace ? inPlaceRefusal(origin, columns, readCatalogs()[to]?.role) : undefined;
    if (notInPlace) return refused(notInPlace);
    const detail = await detailOf(origin, target, columns, {
      existing: await described,
      layout,
    });
    return decideMove(context.job.parameters, origin.table, detail, { ...base, notes }, refused);
  } catch (error) {
    const why = readingRefusal(source, error);
    if (!why) throw error;
    // That nothing of a database can be read is no success.
    return isOfNewerHive(error) ? refused(why, "failed") : refused(why);
  }
}

async function detailOf(
  source: HiveSource,
  target: TableName,
  found: TableColumn[],
  { existing, layout }: { existing: IcebergTable | undefined; layout: Promise<DataType> },
): Promise<HiveMove> {
  const { name, table: hive } = source;
  const partitioning = (hive.partition_columns ?? []).map(quoteIfNeeded);
  const now = existing && copiedColumns(await layout);
  // A view may promise that a column is never null, today.
  const free = found.map(({ required: _, ...column }) => withPartitionValue(column, hive));
  const columns = now ? orderLike(free, now) : free;
  return {
    catalogs: ["hive", target.catalog],
    target,
    columns,
    partitioning,
    orderedBy: [],
    properties: {},
    select: `select ${selectList(columns)} from ${source.transactional ? viewOf(name.namespace, name.table) : withoutHeader(sqlName(name), headerLinesOf(hive))}`,
    hive: source,
    ...(hive.comment && { comment: hive.comment }),
    ...(existing && { existing }),
    ...suspicions(source),
    sameLayout: !!now && sameColumns(now, columns) && existing?.partitioning.join() === partitioning.join(),
  };
}

// The rows of a view name no files, and of a table that Hive's own reader reads Spark's plan names none either.
function unseenFiles({ tables = [] }: HiveSource): string[] {
  const unseen = tables
    .filter(({ table }) => !hasOwnReader(table) || readsByPlace(table))
    .map(({ name }) => name.table);
  return unseen.length === 0
    ? []
    : [`below the view the files of ${unseen.join(", ")} are listed, and not held against those that are read`];
}

function notInPlaceEither(table: string): JobError {
  return {
    message: `${table} is transactional: its files hold deleted rows and ids of rows beside its rows, and can't be taken as they are.`,
    hint: 'Leave "mode" out, so that its rows are copied.',
  };
}

function sameNamespace(database: string): JobError {
  return {
    message: `The namespace ${database} is the Hive database itself: its names are taken by the Hive tables.`,
    hint: `Leave "namespace" out to write into ${database}_iceberg.`,
  };
}
