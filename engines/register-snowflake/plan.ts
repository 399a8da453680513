import { attachCatalogs } from "../../connectors/iceberg/catalogs.ts";
import {
  describeIceberg,
  listIceberg,
  metadataLog,
  placeOf,
  snapshotOrCurrent,
} from "../../connectors/iceberg/iceberg.ts";
import { type TableName, tableNameOf } from "../../connectors/iceberg/names.ts";
import { snowflakeAddress } from "../../connectors/snowflake/address.ts";
import { openSnowflake, type Snowflake } from "../../connectors/snowflake/connect.ts";
import { SnowflakeError } from "../../connectors/snowflake/errors.ts";
import { type SnowflakeTable, snowflakeName } from "../../connectors/snowflake/names.ts";
import type { Session } from "../../connectors/spark/session.ts";
import type { JobError } from "../../core/jobs/outcome.ts";
import { SettingsError } from "../../core/settings.ts";
import { type Plan, type PlanContext, type Step, sideBySide } from "../engine.ts";
import { refuseSharedTargets } from "../one-target.ts";
import { type RequestedTable, requestedTables } from "../runner/requested-tables.ts";
import { deletesRefusal } from "./deletes.ts";
import { type RegisterSnowflake, targetOf } from "./parameters.ts";
import { howRefreshed } from "./register.ts";
import { type OwnFiles, refusalOf, standingOf, type TargetState } from "./standing.ts";

/** What one table's step needs: the table, the snapshot that was proven, and the metadata file that has it current. */
export interface Registration extends OwnFiles {
  source: TableName;
  target: SnowflakeTable;
  snapshot: string;
}

/** Finds every table's metadata file through Spark, and asks Snowflake what stands under its name. Changes nothing. */
export async function planRegister(context: PlanContext<RegisterSnowflake>): Promise<Plan<Registration | undefined>> {
  const { from, namespace, tables } = context.job.parameters;
  const session = await context.spark();
  await attachCatalogs(session, context.settings, [from]);
  const requested =
    tables === "*" ? (await namesOf(session, context)).map(name => ({ name })) : requestedTables(tables);
  const plan = (one: RequestedTable) => planTable(session, context, { catalog: from, namespace, table: one.name }, one);
  // A log-in takes as long as what is asked of Spark: it goes on meanwhile.
  const [first] = context.planned ? [] : requested;
  const opening = first && logIn(context, first.name);
  try {
    const found = refuseSharedTargets(await sideBySide(requested, plan), refusedStep);
    const steps = opening ? await withStandings(found, context, opening) : found;
    return { steps, parallel: context.settings.SPARK_PARALLEL };
  } finally {
    await opening?.then(({ close }) => close()).catch(() => undefined);
  }
}

function logIn({ job, settings }: PlanContext<RegisterSnowflake>, table: string): Promise<Snowflake> {
  const opening = (async () =>
    await openSnowflake({ ...snowflakeAddress(settings), ...targetOf(job.parameters, settings, table) }))();
  opening.catch(() => undefined); // what Spark says of the tables is told first
  return opening;
}

// Where Snowflake can't be asked the plan stands without it, and says so: the run asks again in any case.
async function withStandings(
  steps: readonly Step<Registration | undefined>[],
  { job }: PlanContext<RegisterSnowflake>,
  opening: Promise<Snowflake>,
): Promise<Step<Registration | undefined>[]> {
  if (steps.every(({ ended }) => ended)) return [...steps];
  try {
    const opened = await opening;
    const replace = job.parameters.ifExists === "replace";
    return await sideBySide(steps, async step => {
      const { detail } = step;
      if (!detail || step.ended) return step;
      const standing = await standingOf(opened, detail.target, detail);
      const refused = refusalOf(standing, detail.target, replace);
      return refused ? refusedStep(step, refused) : withWhy(step, standing, replace);
    });
  } catch (error) {
    if (!(error instanceof SnowflakeError || error instanceof SettingsError)) throw error;
    const note = `Snowflake could not be asked what stands there: ${error.message}`;
    return steps.map(step => (step.ended ? step : { ...step, notes: [...(step.notes ?? []), note] }));
  }
}

function withWhy(step: Step<Registration | undefined>, standing: TargetState, replace: boolean) {
  const how = {
    nothing: "registered for the first time",
    own: replace ? "replaced as asked" : howRefreshed(standing),
    former: replace ? "replaced as asked" : "the table was dropped and made again: what stands there is replaced",
    other: "another table stands there and is replaced, as asked",
    managed: "",
  }[standing.kind];
  return { ...step, why: `${step.why}; ${how}` };
}

function refusedStep(step: Step<Registration | undefined>, error: JobError): Step<undefined> {
  const { table, target } = step;
  return {
    table,
    target,
    action: "refuse",
    why: error.message,
    ended: { outcome: "failed", error },
    detail: undefined,
  };
}

async function namesOf(session: Session, { job, planned }: PlanContext<RegisterSnowflake>): Promise<string[]> {
  const { from, namespace } = job.parameters;
  if (planned) return planned.map(step => step.table.slice(`${from}.${namespace}.`.length));
  return await listIceberg(session, from, namespace);
}

async function planTable(
  session: Session,
  { job, settings }: PlanContext<RegisterSnowflake>,
  source: TableName,
  requested: RequestedTable,
): Promise<Step<Registration | undefined>> {
  const target = targetOf(job.parameters, settings, requested.name);
  const base = { table: tableNameOf(source), target: snowflakeName(target) };
  const refused = (error: JobError) => refusedStep({ ...base, action: "refuse", detail: undefined }, error);
  const asking = metadataLog(session, source);
  asking.catch(() => undefined); // that there is no such table is told first
  const iceberg = await describeIceberg(session, source);
  if (!iceberg)
    return refused({
      message: `There is no Iceberg table ${base.table}.`,
      hint: "Copy it there first, with migrate-iceberg.",
    });
  if (iceberg.view)
    return refused({
      message: `${base.table} is a view, and Snowflake reads tables.`,
      hint: "Migrate it: its copy is a table.",
    });
  const snapshot = await snapshotOrCurrent(session, source, iceberg, requested.snapshot);
  if (!snapshot)
    return refused({
      message: `${base.table} has no snapshot ${requested.snapshot ?? "yet"}.`,
      hint: "Migrate it again.",
    });
  const log = await asking;
  const metadataFile = log.find(entry => entry.snapshot === snapshot.id)?.file;
  if (!metadataFile) {
    return refused({
      message: `${base.table} has no metadata file any more in which snapshot ${snapshot.id} is the current one.`,
      hint: "Migrate it again.",
    });
  }
  const { database, schema, ifExists } = job.parameters;
  const rest = {
    ...(database && { database }),
    ...(schema && { schema }),
    ...(ifExists === "replace" && { ifExists }),
  };
  const deletes = await deletesRefusal(session, source, snapshot, rest);
  if (deletes) return refused(deletes);
  const rows = snapshot.summary["total-records"];
  const location = async () => (await placeOf(session, source)).location;
  return {
    ...base,
    action: "register",
    why: `snapshot ${snapshot.id} in ${metadataFile}`,
    ...(rows && { rows }),
    detail: { source, target, snapshot: snapshot.id, metadataFile, log, location },
  };
}
