import type { JobError } from "../../jobs/outcome.ts";
import { isSameFile } from "../../snowflake/iceberg-table.ts";
import type { SnowflakeTable } from "../../snowflake/names.ts";
import { nameOf as snowflakeName } from "../../snowflake/names.ts";
import type { Session } from "../../spark/session.ts";
import { attachCatalogs } from "../../tables/catalogs.ts";
import { describeIceberg, listIceberg, metadataLog, snapshotOrCurrent } from "../../tables/iceberg.ts";
import { nameOf, type TableName } from "../../tables/names.ts";
import { type Asked, askedTables } from "../asked.ts";
import type { Plan, PlanContext, Step } from "../engine.ts";
import { sideBySide } from "../side-by-side.ts";
import { type RegisterSnowflake, targetOf } from "./parameters.ts";

/** What one table's step needs: the table, the snapshot that was proven, and the metadata file that has it current. */
export interface Registration {
  source: TableName;
  target: SnowflakeTable;
  snapshot: string;
  metadataFile: string;
  /** All others that the table knows of. */
  otherFiles: string[];
}

/** Finds every table's metadata file through Spark. Changes nothing, and does not ask Snowflake. */
export async function planRegister(context: PlanContext<RegisterSnowflake>): Promise<Plan<Registration | undefined>> {
  const { from, namespace, tables } = context.job.parameters;
  const session = await context.spark();
  await attachCatalogs(session, context.settings, [from]);
  const asked = tables === "*" ? (await namesOf(session, context)).map(name => ({ name })) : askedTables(tables);
  const plan = (one: Asked) => planTable(session, context, { catalog: from, namespace, table: one.name }, one);
  const steps = await sideBySide(asked, plan);
  return { steps, parallel: context.settings.SPARK_PARALLEL };
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
  asked: Asked,
): Promise<Step<Registration | undefined>> {
  const target = targetOf(job.parameters, settings, asked.name);
  const base = { table: nameOf(source), target: snowflakeName(target) };
  const refused = (error: JobError): Step<undefined> => ({
    ...base,
    action: "refuse",
    why: error.message,
    ended: { outcome: "failed", error },
    detail: undefined,
  });
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
  const snapshot = await snapshotOrCurrent(session, source, iceberg, asked.snapshot);
  if (!snapshot)
    return refused({ message: `${base.table} has no snapshot ${asked.snapshot ?? "yet"}.`, hint: "Migrate it again." });
  const log = await asking;
  const metadataFile = log.find(entry => entry.snapshot === snapshot.id)?.file;
  if (!metadataFile) {
    return refused({
      message: `${base.table} has no metadata file any more in which snapshot ${snapshot.id} is the current one.`,
      hint: "Migrate it again.",
    });
  }
  const rows = snapshot.summary["total-records"];
  const otherFiles = log.map(entry => entry.file).filter(file => !isSameFile(file, metadataFile));
  return {
    ...base,
    action: "register",
    why: `snapshot ${snapshot.id} in ${metadataFile}`,
    ...(rows && { rows }),
    detail: { source, target, snapshot: snapshot.id, metadataFile, otherFiles },
  };
}
