import type { JobError } from "../../jobs/outcome.ts";
import { SettingsError } from "../../settings.ts";
import { SparkError } from "../../spark/errors.ts";
import type { Session } from "../../spark/session.ts";
import type { DataType } from "../../spark/types.ts";
import { attachCatalogs } from "../../tables/catalogs.ts";
import { columnsOf, orderLike, sameColumns, selectList } from "../../tables/columns.ts";
import { describeIceberg, type IcebergTable, listIceberg, snapshotOrCurrent } from "../../tables/iceberg.ts";
import { nameOf, sqlName, type TableName } from "../../tables/names.ts";
import { sortOrderOf } from "../../tables/sort-order.ts";
import { whileAzureAnswers } from "../../tables/storage-away.ts";
import { type Asked, askedTables } from "../asked.ts";
import type { Plan, PlanContext, Step } from "../engine.ts";
import { type Move, nothing } from "../move.ts";
import { isUnavailable, sentence } from "../sentence.ts";
import { sideBySide } from "../side-by-side.ts";
import { decideTarget } from "../target.ts";
import { keptProperties, typeRefusal } from "./kept.ts";
import { type MigrateIceberg, namespaceOf } from "./parameters.ts";

/** Looks at every table that is asked for, and says what will be copied, or why not. Changes nothing. */
export async function planMigrate(context: PlanContext<MigrateIceberg>): Promise<Plan<Move>> {
  const { from, to, history } = context.job.parameters;
  if (history === "all")
    throw new SettingsError('"history": "all" is not there yet: use "current", which copies one snapshot.');
  if (from === to && namespaceOf(context.job.parameters) === context.job.parameters.namespace) {
    throw new SettingsError(`Source and target are the same: name another catalog in "to", or a "targetNamespace".`);
  }
  const session = await context.spark();
  await attachCatalogs(session, context.settings, [from, to]);
  const steps = await whileAzureAnswers(session, context.settings, [from, to], () => planTables(session, context));
  return { steps, parallel: context.settings.SPARK_PARALLEL };
}

async function planTables(session: Session, context: PlanContext<MigrateIceberg>): Promise<Step<Move>[]> {
  const asked = await tablesOf(session, context);
  return await sideBySide(asked, one => planTable(session, context, one));
}

const VIEW = "a view, which has no snapshots: the rows that it gives now become a table";

async function tablesOf(session: Session, { job, planned }: PlanContext<MigrateIceberg>): Promise<Asked[]> {
  const { from, namespace, tables } = job.parameters;
  const named = askedTables(tables);
  if (tables !== "*") return named;
  if (planned) return planned.map(step => ({ name: step.table.slice(`${from}.${namespace}.`.length) }));
  return (await listIceberg(session, from, namespace)).map(name => ({ name }));
}

async function planTable(session: Session, context: PlanContext<MigrateIceberg>, asked: Asked): Promise<Step<Move>> {
  const { parameters } = context.job;
  const source = { catalog: parameters.from, namespace: parameters.namespace, table: asked.name };
  const target = { catalog: parameters.to, namespace: namespaceOf(parameters), table: asked.name };
  const base = { table: nameOf(source), target: nameOf(target) };
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
    const [iceberg, existing] = await Promise.all([describeIceberg(session, source), describeIceberg(session, target)]);
    if (!iceberg)
      return refused({
        message: `There is no Iceberg table or view ${nameOf(source)}.`,
        hint: `List what is there with: show tables in ${parameters.from}.${parameters.namespace}`,
      });
    const snapshot = await snapshotOrCurrent(session, source, iceberg, asked.snapshot);
    if (asked.snapshot && !snapshot) return refused(expired(base.table, asked.snapshot));
    const detail = await detailOf(session, source, target, { iceberg, snapshot: snapshot?.id, existing, layout });
    const type = typeRefusal(asked.name, detail.columns);
    if (type) return refused(type);
    const summary = snapshot?.summary ?? {};
    const figures = {
      ...(summary["total-records"] && { rows: summary["total-records"] }),
      ...(summary["total-files-size"] && { bytes: summary["total-files-size"] }),
    };
    const notes = iceberg.view ? [VIEW] : keptProperties(iceberg.properties, summary).notes;
    const found = snapshot ? `snapshot ${snapshot.id} of ${snapshot.at}` : iceberg.view ? VIEW : "no snapshot yet";
    return decideTarget({ ...base, ...figures, notes, detail }, parameters.ifExists, found, refused);
  } catch (error) {
    if (!(error instanceof SparkError) || isUnavailable(error)) throw error;
    return refused(sentence(error));
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
  const read = columnsOf(schema, iceberg.columnComments);
  // A view may promise that a column is never null, today.
  const found = iceberg.view ? read.map(({ required: _, ...column }) => column) : read;
  const now = targetSchema && columnsOf(targetSchema);
  const columns = now ? orderLike(found, now) : found;
  const { partitioning } = iceberg;
  return {
    catalogs: [source.catalog, target.catalog],
    target,
    columns,
    partitioning,
    orderedBy: sortOrderOf(iceberg.properties, found),
    properties: keptProperties(iceberg.view ? {} : iceberg.properties).properties,
    select: `select ${selectList(columns)} from ${relation}`,
    ...(iceberg.comment && { comment: iceberg.comment }),
    ...(snapshot && { sourceSnapshot: snapshot }),
    ...(existing && { existing }),
    sameLayout: !!now && sameColumns(now, columns) && existing?.partitioning.join() === partitioning.join(),
  };
}

function expired(table: string, snapshot: string): JobError {
  return {
    message: `${table} has no snapshot ${snapshot} any more: it was expired after it had been proven.`,
    hint: "Run the job again from the start, or migrate the table by its name to copy what is current.",
  };
}
