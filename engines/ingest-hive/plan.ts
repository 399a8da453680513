import type { JobError } from "../../jobs/outcome.ts";
import { SparkError } from "../../spark/errors.ts";
import type { Session } from "../../spark/session.ts";
import type { DataType } from "../../spark/types.ts";
import { attachCatalogs } from "../../tables/catalogs.ts";
import { type Column, columnsOf, orderLike, sameColumns, selectList } from "../../tables/columns.ts";
import { describeHive, type HiveTable, listHive } from "../../tables/describe.ts";
import { describeIceberg, type IcebergTable } from "../../tables/iceberg.ts";
import { nameOf, quote, quoteIfNeeded, sqlName, type TableName } from "../../tables/names.ts";
import type { Plan, PlanContext, Step } from "../engine.ts";
import { type Move, nothing } from "../move.ts";
import { isUnavailable, sentence } from "../sentence.ts";
import { sideBySide } from "../side-by-side.ts";
import { decide } from "./decide.ts";
import { type IngestHive, namespaceOf } from "./parameters.ts";
import { refusal, schemaRefusal } from "./refusals.ts";

/** Looks at every table that is asked for, and says what will be done with it and why, or why not. Changes nothing. */
export async function planIngest(context: PlanContext<IngestHive>): Promise<Plan<Move>> {
  const { parameters } = context.job;
  const session = await context.spark();
  await attachCatalogs(session, context.settings, ["hive", parameters.to]);
  const all = parameters.tables === "*" && !context.planned;
  const names = await tableNames(session, context, all);
  const steps = await sideBySide(names, name => planTable(session, context, name, parameters.tables === "*"));
  return { steps, parallel: context.settings.SPARK_PARALLEL };
}

async function tableNames(
  session: Session,
  { job, planned }: PlanContext<IngestHive>,
  all: boolean,
): Promise<string[]> {
  const { database, tables } = job.parameters;
  if (planned) return planned.map(step => step.table.slice(`hive.${database}.`.length));
  // Hive folds names to lower case, so `Orders` and `orders` are one table and one step.
  const names = all || tables === "*" ? await listHive(session, database) : tables.map(table => table.toLowerCase());
  return [...new Set(names)];
}

async function planTable(
  session: Session,
  context: PlanContext<IngestHive>,
  table: string,
  all: boolean,
): Promise<Step<Move>> {
  const { database, to } = context.job.parameters;
  const source = { catalog: "hive", namespace: database, table };
  const target = { catalog: to, namespace: namespaceOf(context.job.parameters), table };
  const base = { table: nameOf(source), target: nameOf(target) };
  const refused = (error: JobError, outcome: "failed" | "skipped" = all ? "skipped" : "failed"): Step<Move> => ({
    ...base,
    action: outcome === "skipped" ? "skip" : "refuse",
    why: error.message,
    ended: { outcome, error },
    detail: nothing(target),
  });
  if (target.namespace.toLowerCase() === database.toLowerCase()) return refused(sameNamespace(database), "failed");
  try {
    const asked = describeIceberg(session, target);
    const read = session.schema(`select * from ${sqlName(source)}`);
    const layout = session.schema(`select * from ${sqlName(target)}`);
    for (const early of [asked, read, layout]) early.catch(() => undefined); // why it can't be converted is told first
    const hive = await describeHive(session, source);
    if (!hive)
      return refused(
        { message: `There is no table ${table} in the Hive database ${database}.`, hint: nameHint(database) },
        "failed",
      );
    const no = refusal(database, table, hive);
    if (no) return refused(no);
    const schema = await read;
    const badSchema = schemaRefusal(table, schema);
    if (badSchema) return refused(badSchema);
    const comments = Object.fromEntries(hive.columns.map(column => [column.name, column.comment]));
    const detail = await detailOf(source, target, hive, columnsOf(schema, comments), {
      existing: await asked,
      layout,
    });
    return decide(context.job.parameters, hive, detail, base, refused);
  } catch (error) {
    if (!(error instanceof SparkError) || isUnavailable(error)) throw error;
    return refused(sentence(error), "failed");
  }
}

async function detailOf(
  source: TableName,
  target: TableName,
  hive: HiveTable,
  found: Column[],
  { existing, layout }: { existing: IcebergTable | undefined; layout: Promise<DataType> },
): Promise<Move> {
  const partitioning = (hive.partition_columns ?? []).map(quoteIfNeeded);
  const now = existing && columnsOf(await layout);
  // A view may promise that a column is never null, today.
  const free = found.map(({ required: _, ...column }) => column);
  const columns = now ? orderLike(free, now) : free;
  return {
    catalogs: ["hive", target.catalog],
    target,
    columns,
    partitioning,
    orderedBy: [],
    properties: {},
    select: `select ${selectList(columns)} from ${sqlName(source)}`,
    ...(hive.comment && { comment: hive.comment }),
    ...(existing && { existing }),
    sameLayout: !!now && sameColumns(now, columns) && existing?.partitioning.join() === partitioning.join(),
  };
}

function sameNamespace(database: string): JobError {
  return {
    message: `The namespace ${database} is the Hive database itself: its names are taken by the Hive tables.`,
    hint: `Leave "namespace" out to write into ${database}_iceberg.`,
  };
}

function nameHint(database: string): string {
  return `List what is there with: show tables in ${quote(database)}`;
}
