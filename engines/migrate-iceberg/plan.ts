import { whileAzureAnswers } from "../../connectors/azure/storage-unavailable.ts";
import { attachCatalogs, readCatalogs } from "../../connectors/iceberg/catalogs.ts";
import {
  describeIceberg,
  type IcebergTable,
  listIceberg,
  placeOf,
  snapshotOrCurrent,
} from "../../connectors/iceberg/iceberg.ts";
import {
  copiedColumns,
  orderLike,
  plannedColumns,
  sameColumns,
  selectList,
} from "../../connectors/iceberg/layout/columns.ts";
import { lostInCopy } from "../../connectors/iceberg/layout/own-types.ts";
import { partitionNames } from "../../connectors/iceberg/layout/partition-names.ts";
import { sortOrderOf } from "../../connectors/iceberg/layout/sort-order.ts";
import { sqlName, type TableName, tableNameOf } from "../../connectors/iceberg/names.ts";
import { SparkError } from "../../connectors/spark/errors.ts";
import type { DataType } from "../../connectors/spark/protocol/types.ts";
import type { Session } from "../../connectors/spark/session.ts";
import type { JobError } from "../../core/jobs/outcome.ts";
import { SettingsError } from "../../core/settings.ts";
import { type Plan, type PlanContext, type Step, sideBySide } from "../engine.ts";
import { refuseSharedTargets } from "../one-target.ts";
import { isUnavailable, jobErrorOf } from "../runner/job-error.ts";
import { type RequestedTable, requestedTables } from "../runner/requested-tables.ts";
import { type Move, nothing } from "../table-copy/move.ts";
import { decideTarget } from "../table-copy/target.ts";
import { keptProperties, typeRefusal } from "./copied-properties.ts";
import type { History } from "./history/plan.ts";
import { type MigrateIceberg, migrateNamespace, sourceName } from "./parameters.ts";

/** Looks at every table that is asked for, and says what will be copied, or why not. Changes nothing. */
export async function planMigrate(context: PlanContext<MigrateIceberg>): Promise<Plan<Move | History>> {
  const { from, to } = context.job.parameters;
  if (
    from === to &&
    migrateNamespace(context.job.parameters) === sourceName({ from }, context.job.parameters.namespace)
  ) {
    throw new SettingsError(`Source and target are the same: name another catalog in "to", or a "targetNamespace".`);
  }
  const session = await context.spark();
  await attachCatalogs(session, context.settings, [from, to]);
  const steps = await whileAzureAnswers(session, context.settings, [from, to], () => planTables(session, context));
  return { steps: refuseSharedTargets(steps, shared, foldOf(to)), parallel: context.settings.SPARK_PARALLEL };
}

function shared({ table, target, detail }: Step<Move | History>, error: JobError): Step<Move> {
  const ended = { outcome: "failed" as const, error };
  return { table, target, action: "refuse", why: error.message, ended, detail: nothing(detail.target) };
}

// The Hive Metastore keeps names in small letters.
function foldOf(catalog: string): (target: string) => string {
  const spark = readCatalogs()[catalog]?.spark;
  return spark !== undefined && spark !== "server" && spark.type === "hive" ? name => name.toLowerCase() : name => name;
}

async function planTables(session: Session, context: PlanContext<MigrateIceberg>): Promise<Step<Move | History>[]> {
  const requested = await tablesOf(session, context);
  if (context.job.parameters.history === "all") return await planWhole(session, context, requested);
  return await sideBySide(requested, one => planTable(session, context, one));
}

const VIEW = "a view, which has no snapshots: the rows that it gives now become a table";

async function tablesOf(session: Session, { job, planned }: PlanContext<MigrateIceberg>): Promise<RequestedTable[]> {
  const { from, namespace, tables } = job.parameters;
  const named = requestedTables(tables);
  if (tables !== "*") return named;
  if (planned) return planned.map(step => ({ name: step.table.slice(`${from}.${namespace}.`.length) }));
  return (await listIceberg(session, from, namespace)).map(name => ({ name }));
}

async function planWhole(
  session: Session,
  context: PlanContext<MigrateIceberg>,
  requested: readonly RequestedTable[],
): Promise<Step<History>[]> {
  // With what copies files and starts programs, which no other job needs.
  const { needNewIceberg, planHistory, refusedHistory } = await import("./history/plan.ts");
  const { parameters } = context.job;
  let needed: Promise<void> | undefined;
  const needIceberg = () => {
    needed ??= needNewIceberg(session, parameters.from);
    return needed;
  };
  return await sideBySide(requested, async one => {
    const ends = endsOf(parameters, one);
    try {
      const wanted = { ...ends, needIceberg, ...(one.snapshot && { snapshot: one.snapshot }) };
      return await planHistory(session, context, wanted);
    } catch (error) {
      if (!(error instanceof SparkError) || isUnavailable(error)) throw error;
      return refusedHistory(ends, jobErrorOf(error));
    }
  });
}

function endsOf(parameters: MigrateIceberg, requested: RequestedTable): { source: TableName; target: TableName } {
  const table = sourceName(parameters, requested.name);
  return {
    source: { catalog: parameters.from, namespace: sourceName(parameters, parameters.namespace), table },
    target: { catalog: parameters.to, namespace: migrateNamespace(parameters), table },
  };
}

async function planTable(
  session: Session,
  context: PlanContext<MigrateIceberg>,
  requested: RequestedTable,
): Promise<Step<Move>> {
  const { parameters } = context.job;
  const { source, target } = endsOf(parameters, requested);
  const base = { table: tableNameOf(source), target: tableNameOf(target) };
  const refused = (error: JobError, outcome: "failed" | "skipped" = "failed"): Step<Move> => ({
    ...base,
    action: outcome === "skipped" ? "skip" : "refuse",
    why: error.message,
    ended: { outcome, error },
    detail: nothing(target),
  });
  try {
    const layout = session.schema(`select * from ${sqlName(target)}`);
    layout.catch(() => undefined); // it is wanted where the table turns out to be there
    const lostHere = lostInCopy(session, source);
    lostHere.catch(() => undefined); // that there is no such table is told first
    const [iceberg, existing] = await Promise.all([describeIceberg(session, source), describeIceberg(session, target)]);
    if (!iceberg)
      return refused({
        message: `There is no Iceberg table or view ${tableNameOf(source)}.`,
        hint: `List what is there with: show tables in ${parameters.from}.${parameters.namespace}`,
      });
    const snapshot = await snapshotOrCurrent(session, source, iceberg, requested.snapshot);
    if (requested.snapshot && !snapshot) return refused(expired(base.table, requested.snapshot));
    const detail = await detailOf(session, source, target, { iceberg, snapshot: snapshot?.id, existing, layout });
    const type = typeRefusal(requested.name, detail.columns);
    if (type) return refused(type);
    const summary = snapshot?.summary ?? {};
    const figures = {
      ...(summary["total-records"] && { rows: summary["total-records"] }),
      ...(summary["total-files-size"] && { bytes: summary["total-files-size"] }),
    };
    const lost = iceberg.view ? [] : await lostHere;
    const notes = iceberg.view
      ? [VIEW]
      : [...keptProperties(iceberg.properties, { columns: detail.columns, summary }).notes, ...lost];
    const found = snapshot ? `snapshot ${snapshot.id} of ${snapshot.at}` : iceberg.view ? VIEW : "no snapshot yet";
    const columns = plannedColumns(detail.columns);
    // "sync" goes with a whole history only.
    const ifExists = parameters.ifExists === "sync" ? "replace-own" : parameters.ifExists;
    return decideTarget({ ...base, ...figures, notes, columns, detail }, ifExists, found, refused);
  } catch (error) {
    if (!(error instanceof SparkError) || isUnavailable(error)) throw error;
    return refused(jobErrorOf(error));
  }
}

interface Found {
  iceberg: IcebergTable;
  snapshot: string | undefined;
  existing: IcebergTable | undefined;
  layout: Promise<DataType>;
}

async function detailOf(
  session: Session,
  source: TableName,
  target: TableName,
  { iceberg, snapshot, existing, layout }: Found,
): Promise<Move> {
  const relation = snapshot ? `${sqlName(source)} version as of ${snapshot}` : sqlName(source);
  const [schema, targetSchema] = await Promise.all([session.schema(`select * from ${relation}`), existing && layout]);
  const read = copiedColumns(schema, iceberg.columnComments);
  // A view may promise that a column is never null, today.
  const found = iceberg.view ? read.map(({ required: _, ...column }) => column) : read;
  const now = targetSchema && copiedColumns(targetSchema);
  const columns = now ? orderLike(found, now) : found;
  const { partitioning } = iceberg;
  const sameLayout = !!now && sameColumns(now, columns) && existing?.partitioning.join() === partitioning.join();
  // A table that stays keeps its own.
  const { comment } = sameLayout ? {} : await placeOf(session, source);
  const names = existing ? [] : await partitionNames(session, source, partitioning);
  return {
    catalogs: [source.catalog, target.catalog],
    target,
    columns,
    partitioning,
    ...(names.length > 0 && { partitionNames: names }),
    orderedBy: sortOrderOf(iceberg.properties, found),
    properties: keptProperties(iceberg.view ? {} : iceberg.properties, { columns }).properties,
    select: `select ${selectList(columns)} from ${relation}`,
    ...(comment && { comment }),
    ...(snapshot && { sourceSnapshot: snapshot }),
    ...(existing && { existing }),
    sameLayout,
  };
}

function expired(table: string, snapshot: string): JobError {
  return {
    message: `${table} has no snapshot ${snapshot} any more: it was expired after it had been proven.`,
    hint: "Run the job again from the start, or migrate the table by its name to copy what is current.",
  };
}
