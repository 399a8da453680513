import { whileAzureAnswers } from "../../connectors/azure/storage-unavailable.ts";
import { attachCatalogs, readCatalogs } from "../../connectors/iceberg/catalogs.ts";
import type { TableName } from "../../connectors/iceberg/names.ts";
import { snowflakeAddress } from "../../connectors/snowflake/address.ts";
import { openSnowflake, type Snowflake } from "../../connectors/snowflake/connect.ts";
import { isSameFile } from "../../connectors/snowflake/iceberg-table.ts";
import type { SnowflakeTable } from "../../connectors/snowflake/names.ts";
import type { Session } from "../../connectors/spark/session.ts";
import { openIndex } from "../../core/audit/index/open.ts";
import type { JobError, Outcome } from "../../core/jobs/outcome.ts";
import type { JobRecord } from "../../core/jobs/record.ts";
import { type Settings, SettingsError } from "../../core/settings.ts";
import { type Layout, layoutOf } from "../../core/store/layout.ts";
import type { JobType, Plan, PlanContext, Step } from "../engine.ts";
import { decideRegistration, decideTable, type UndoDecision, type UndoneTarget } from "./decide.ts";
import type { UndoJob } from "./parameters.ts";
import { lookAtRegistration, registrationNamed } from "./registration.ts";
import { findLeftovers, type Leftovers, leftoverNotes, lookAtTable, tableNamed } from "./table.ts";
import { archivedJob, type LaterJob, laterJobs, undoneOutcomes } from "./undone.ts";

/** What one step takes back: a table with what was left beside it, or a registration. */
export type Undo =
  | { kind: "table"; record: JobRecord; of: UndoneTarget; name: TableName; decision: UndoDecision; left: Leftovers }
  | { kind: "registration"; of: UndoneTarget; name: SnowflakeTable; decision: UndoDecision };

type Types = Readonly<Record<string, JobType>>;

/** Looks at every target of the job, at what stands there now, and at who has built on it. Changes nothing. */
export async function planUndo(context: PlanContext<UndoJob>, types: Types): Promise<Plan<Undo | undefined>> {
  const { parameters } = context.job;
  const layout = layoutOf(context.settings.DATA_DIR);
  const record = undoneRecord(layout, parameters.job, types);
  const outcomes = undoneOutcomes(record, parameters.tables);
  refuseUnknownTables(parameters, outcomes);
  const later = await laterOf(layout, record, outcomes, types);
  const targets = outcomes.map(outcome => targetOf(record, outcome, later, parameters.alsoBuiltOn));
  const steps = [...(await tableSteps(context, record, targets)), ...(await registrationSteps(context, targets))];
  const order = new Map(outcomes.map(({ target }, at) => [target, at]));
  return { steps: steps.sort((a, b) => (order.get(a.table) ?? 0) - (order.get(b.table) ?? 0)), parallel: 1 };
}

/** The record of a job that can be undone. Throws a sentence where there is none. */
function undoneRecord(layout: Layout, id: string, types: Types): JobRecord {
  const record = archivedJob(layout, id);
  if (!record)
    throw new SettingsError(`There is no job ${id} in the archive. A job that waits or runs is cancelled first.`);
  const type = Object.hasOwn(types, record.type) ? types[record.type] : undefined;
  if (type?.undoable) return record;
  const undoable = Object.values(types).flatMap(({ type: name, undoable: can }) => (can ? [name] : []));
  throw new SettingsError(`A job of type ${record.type} can't be undone. These can: ${undoable.join(", ")}.`);
}

function refuseUnknownTables({ tables = [], job }: UndoJob, outcomes: readonly Outcome[]): void {
  const missing = tables.filter(name => !outcomes.some(({ target }) => target === name));
  if (missing.length === 0) return;
  throw new SettingsError(
    `${job} has no target ${missing.slice(0, 5).join(", ")}: its record names those that it has.`,
  );
}

// An index that lacks jobs would let go what others built on.
async function laterOf(
  layout: Layout,
  record: JobRecord,
  outcomes: readonly Outcome[],
  types: Types,
): Promise<LaterJob[]> {
  const index = openIndex(layout);
  try {
    index.refresh();
    await index.reconcile();
    return laterJobs(index, record, outcomes, types);
  } finally {
    index.close();
  }
}

interface Target extends UndoneTarget {
  /** The later jobs that built on it and were not named. */
  unnamed: readonly LaterJob[];
}

function targetOf(
  { id, startedAt, type, parameters }: JobRecord,
  outcome: Outcome,
  later: readonly LaterJob[],
  named: readonly string[],
): Target {
  const uses = later.filter(({ table }) => table === outcome.target);
  return {
    ...{ job: id, startedAt, outcome },
    ...(type === "migrate-iceberg" && parameters.history === "all" && { history: true }),
    also: uses.filter(use => named.includes(use.id)),
    unnamed: uses.filter(use => !named.includes(use.id)),
  };
}

async function tableSteps(context: PlanContext<UndoJob>, record: JobRecord, targets: readonly Target[]) {
  const tables = targets.flatMap(of => {
    const name = tableNamed(of.outcome.target);
    return name ? [{ of, name }] : [];
  });
  if (tables.length === 0) return [];
  const { settings } = context;
  const roles = readCatalogs();
  const catalogs = new Set(tables.map(({ name }) => name.catalog));
  // Staging folders lie beside the source.
  for (const { of } of tables) if (of.history) catalogs.add(tableNamed(of.outcome.table)?.catalog ?? "lake");
  const session = await context.spark();
  await attachCatalogs(session, settings, [...catalogs]);
  return await whileAzureAnswers(session, settings, [...catalogs], async () => {
    const steps: Step<Undo | undefined>[] = [];
    for (const { of, name } of tables) {
      if (roles[name.catalog]?.role === "source") steps.push(refused(of, isSource(of)));
      else steps.push(await tableStep(session, context, record, of, name));
    }
    return steps;
  });
}

async function tableStep(
  session: Session,
  context: PlanContext<UndoJob>,
  record: JobRecord,
  of: Target,
  name: TableName,
): Promise<Step<Undo | undefined>> {
  const standing = await lookAtTable(session, name);
  const decision = decideTable(of, standing);
  const left = await findLeftovers(session, context.settings, record, of.outcome.table, name, standing);
  return stepOf(context, of, decision, leftoverNotes(left), { kind: "table", record, of, name, decision, left });
}

async function registrationSteps(context: PlanContext<UndoJob>, targets: readonly Target[]) {
  const registrations = targets.flatMap(of => {
    const name = registrationNamed(of.outcome.target);
    return name ? [{ of, name }] : [];
  });
  const [first] = registrations;
  if (!first) return [];
  return await withSnowflake(context.settings, first.name, async snowflake => {
    const steps: Step<Undo | undefined>[] = [];
    for (const { of, name } of registrations) {
      const decision = decideRegistration(of, await lookAtRegistration(snowflake, name), isSameFile);
      steps.push(stepOf(context, of, decision, [], { kind: "registration", of, name, decision }));
    }
    return steps;
  });
}

/** Opens Snowflake where a table is, for as long as the work takes. */
export async function withSnowflake<T>(
  settings: Settings,
  { database, schema }: SnowflakeTable,
  work: (snowflake: Snowflake) => Promise<T>,
): Promise<T> {
  const snowflake = await openSnowflake({ ...snowflakeAddress(settings), database, schema });
  try {
    return await work(snowflake);
  } finally {
    await snowflake.close().catch(() => undefined);
  }
}

function stepOf(
  { planned = [] }: PlanContext<UndoJob>,
  of: Target,
  decision: UndoDecision,
  leftovers: readonly string[],
  detail: Undo,
): Step<Undo | undefined> {
  const { target } = of.outcome;
  const base = { table: target, target };
  if (decision.action === "refuse") return refused(of, decision.error);
  // What an earlier attempt of this undo has done is done.
  const before = planned.find(step => step.table === target && DOING.has(step.action));
  if (decision.action === "nothing" && before)
    return { ...base, action: before.action, why: DONE_BEFORE, notes: [...leftovers], detail };
  if (decision.action === "nothing" && leftovers.length === 0) {
    const error = { message: `${target}: ${decision.why}. There is nothing to undo.` };
    return { ...base, action: "skip", why: error.message, ended: { outcome: "skipped", error }, detail: undefined };
  }
  const blocked = decision.action === "nothing" ? undefined : builtOn(of);
  if (blocked) return refused(of, blocked);
  const notes = [...of.also.map(use => alsoWords(use, decision)), ...leftovers];
  const action = decision.action === "nothing" ? CLEAR : decision.action;
  return { ...base, action, why: decision.why, notes, detail };
}

const CLEAR = "clear";
const DOING: ReadonlySet<string> = new Set(["drop", "roll back", "empty", "restore", CLEAR]);

/** What is said of a target that an earlier attempt of the same undo brought back. */
export const DONE_BEFORE = "an earlier attempt has done it already";

function builtOn({ outcome, unnamed }: Target): JobError | undefined {
  if (unnamed.length === 0) return undefined;
  const uses = unnamed.map(({ id, did, into }) =>
    did === "read" ? `${id} read it (into ${into})` : `${id} wrote to it`,
  );
  const shown = [...new Set(uses)];
  const ids = JSON.stringify([...new Set(unnamed.map(({ id }) => id))]);
  return {
    message: `Later jobs built on ${outcome.target}: ${shown.slice(0, 5).join("; ")}${shown.length > 5 ? `; and ${shown.length - 5} more` : ""}.`,
    hint: `Undo them first, or name them: "alsoBuiltOn": ${ids}.`,
  };
}

function alsoWords({ id, did, into }: LaterJob, { action }: UndoDecision): string {
  if (did === "changed") return `what ${id} wrote to it goes too`;
  return `${id} read it: ${into} stays, and ${action === "drop" ? "has no source any more" : "stands on rows that are taken back"}`;
}

function isSource({ outcome }: Target): JobError {
  return { message: `${outcome.target} is in a catalog of sources, which no job of this portal changes.` };
}

function refused({ outcome: { target } }: Target, error: JobError): Step<undefined> {
  return {
    ...{ table: target, target, action: "refuse", why: error.message },
    ...{ ended: { outcome: "failed", error }, detail: undefined },
  };
}
