import { blobFolder } from "../../connectors/azure/blob-folder.ts";
import { switchTable } from "../../connectors/iceberg/history/switch.ts";
import { describeIceberg, listIceberg, metadataFile, placeOf } from "../../connectors/iceberg/iceberg.ts";
import { KEEPS_FILES } from "../../connectors/iceberg/in-place.ts";
import {
  quote,
  sparkCatalog,
  sparkLiteral,
  sqlName,
  type TableName,
  tableNameOf,
} from "../../connectors/iceberg/names.ts";
import type { Session } from "../../connectors/spark/session.ts";
import { FileGone, tableFiles } from "../../connectors/table-files/read.ts";
import type { JobRecord } from "../../core/jobs/record.ts";
import type { Settings } from "../../core/settings.ts";
import { StepFailed } from "../engine.ts";
import { removeStaging, stagingFolders } from "../migrate-iceberg/history/staging.ts";
import { makerOfTable } from "../table-copy/leftovers.ts";
import { dropLeftBranches, isBranchOf } from "../table-copy/publish.ts";
import { PROVEN } from "../table-copy/target.ts";
import type { StandingTable, UndoDecision } from "./decide.ts";

/** What stands under a name now; undefined where there is nothing. */
export async function lookAtTable(session: Session, name: TableName): Promise<StandingTable | undefined> {
  const found = await describeIceberg(session, name);
  if (!found) return undefined;
  if (found.view) return { view: true, snapshots: [], refs: [] };
  const [snapshots, refs, file] = await Promise.all([
    session.query(
      `select cast(snapshot_id as string) as id, cast(parent_id as string) as parent, cast(committed_at as string) as at,
        operation, summary['portal.job'] as job, parent_id is null and summary['total-data-files'] = '0' as blank from ${sqlName(name)}.snapshots`,
    ),
    session.query(`select name from ${sqlName(name)}.refs where name <> 'main'`),
    metadataFile(session, name),
  ]);
  const { "portal.created-by": createdBy, [PROVEN]: proven } = found.properties;
  return {
    ...(createdBy && { createdBy }),
    ...(proven && { proven }),
    ...(found.current && { current: found.current.id }),
    snapshots: snapshots.map(({ id, parent, at, operation, job, blank }) => ({
      ...{ id: String(id), at: `${String(at).replace(" ", "T")}Z` },
      ...(parent && { parent: String(parent) }),
      ...(operation && { operation: String(operation) }),
      ...(job && { job: String(job) }),
      ...(blank === true && { blank }),
    })),
    refs: refs.map(row => String(row.name)),
    ...(file && { metadataFile: file }),
  };
}

/** What attempts of a job left beside a target when they were killed: nobody reads any of it. */
export interface Leftovers {
  branches: string[];
  hidden: TableName[];
  /** Staging folders, with rewritten metadata. */
  folders: string[];
}

/** Looks for what attempts of a job left beside a target. */
export async function findLeftovers(
  session: Session,
  settings: Settings,
  { id, type, parameters }: JobRecord,
  source: string,
  target: TableName,
  standing: StandingTable | undefined,
): Promise<Leftovers> {
  const names = await listIceberg(session, target.catalog, target.namespace).catch(() => []);
  const isHidden = (name: string) => name.toLowerCase().startsWith(`${target.table.toLowerCase()}__portal_`);
  const hidden = names.filter(name => isHidden(name) && makerOfTable(name)?.job === id);
  const folders =
    type === "migrate-iceberg" && parameters.history === "all" ? await foldersOf(session, settings, id, source) : [];
  return {
    branches: (standing?.refs ?? []).filter(name => isBranchOf(id, name)),
    hidden: hidden.map(table => ({ ...target, table })),
    folders,
  };
}

// They lie beside the source, in a folder that is no part of it.
async function foldersOf(session: Session, settings: Settings, id: string, table: string): Promise<string[]> {
  const source = tableNamed(table);
  const found = source && (await describeIceberg(session, source));
  if (!source || !found || found.view) return [];
  const { location } = await placeOf(session, source);
  const folders = await stagingFolders(session, { source, location }, settings);
  return folders.flatMap(({ folder, maker }) => (maker.job === id ? [folder] : []));
}

/** What would go of it, in words for a plan. */
export function leftoverNotes({ branches, hidden, folders }: Leftovers): string[] {
  return [
    ...branches.map(name => `the branch ${name} goes`),
    ...hidden.map(name => `the hidden table ${name.table} goes`),
    ...folders.map(folder => `the staging folder ${folder} goes`),
  ];
}

/** Takes away what attempts of a job left. No data file goes with it. */
export async function clearLeftovers(
  session: Session,
  target: TableName,
  job: string,
  { branches, hidden, folders }: Leftovers,
): Promise<void> {
  if (branches.length > 0 && (await describeIceberg(session, target))) await dropLeftBranches(session, target, job);
  for (const name of hidden) await session.command(`drop table if exists ${sqlName(name)}`);
  for (const folder of folders) await removeStaging(session, folder);
}

/** Brings a table back as was decided, and reads from its catalog that it stands there. Gives what to say of it. */
export async function undoTable(
  session: Session,
  settings: Settings,
  name: TableName,
  decision: UndoDecision,
): Promise<{ targetSnapshot?: string; notes: string[] }> {
  switch (decision.action) {
    case "drop":
      return { notes: [await dropTable(session, name)] };
    case "roll back": {
      await session.command(
        `call ${quote(sparkCatalog(name.catalog))}.system.rollback_to_snapshot(table => ${procedureName(name)}, snapshot_id => ${wholeNumber(decision.to)})`,
      );
      return await standsOn(session, name, decision.to);
    }
    case "empty":
      await session.command(`delete from ${sqlName(name)}`);
      return { ...(await currentOf(session, name)), notes: ["all of its rows were deleted, in a snapshot of its own"] };
    case "restore":
      return await restore(session, settings, name, decision);
    default:
      return { notes: [] };
  }
}

// The files go too, where they are the table's own: those of a table over Hive's files are not.
async function dropTable(session: Session, name: TableName): Promise<string> {
  const found = await describeIceberg(session, name);
  if (!found) return "it was dropped already";
  const keeps = found.properties[KEEPS_FILES] === "false" || (await hasForeignFiles(session, name));
  await session.command(`drop table ${sqlName(name)}${keeps ? "" : " purge"}`);
  if (await describeIceberg(session, name))
    throw new StepFailed({
      message: `${tableNameOf(name)} is there again: somebody made it while it was dropped.`,
      hint: "Look at who writes to it.",
    });
  return keeps ? "the table was dropped; the data files that it read stay" : "the table was dropped with its files";
}

async function hasForeignFiles(session: Session, name: TableName): Promise<boolean> {
  const { location } = await placeOf(session, name);
  const inside = sparkLiteral(`${location.replace(/\/+$/, "")}/`);
  const rows = await session.query(
    `select 1 as one from ${sqlName(name)}.all_files where not startswith(file_path, ${inside}) limit 1`,
  );
  return rows.length > 0;
}

async function restore(
  session: Session,
  settings: Settings,
  name: TableName,
  { from, to }: Extract<UndoDecision, { action: "restore" }>,
): Promise<{ targetSnapshot?: string; notes: string[] }> {
  const whole = tableNameOf(name);
  if (!(await isThere(session, settings, to)))
    throw new StepFailed({
      message: `The metadata file on which ${whole} stood before is not there any more: ${to}.`,
      hint: "Nothing was changed. What was there before has to be copied again from its source.",
    });
  const how = await switchTable(session, settings, name, { from, to });
  if (how === "overtaken")
    throw new StepFailed({
      message: `${whole} was written by somebody else meanwhile, so it was left as it is.`,
      hint: "Plan the undo again.",
    });
  const moved =
    how === "at once" ? [] : ["the catalog can't move a table in one step: for a moment there was none of this name"];
  return { ...(await currentOf(session, name)), notes: ["it stands on its metadata file of before again", ...moved] };
}

// Spark reaches Azure through Iceberg alone: there the storage itself is asked.
async function isThere(session: Session, settings: Settings, file: string): Promise<boolean> {
  const cut = file.lastIndexOf("/metadata/");
  const folder = cut > 0 ? await blobFolder(file.slice(0, cut), settings) : undefined;
  if (folder) return (await folder.text(file.slice(cut + 1))) !== undefined;
  try {
    await tableFiles(file, session, settings).read(file, 0, 1, AbortSignal.timeout(60_000));
    return true;
  } catch (error) {
    if (error instanceof FileGone) return false;
    throw error;
  }
}

async function standsOn(session: Session, name: TableName, snapshot: string) {
  const { targetSnapshot } = await currentOf(session, name);
  if (targetSnapshot !== snapshot)
    throw new StepFailed({
      message: `${tableNameOf(name)} stands on snapshot ${targetSnapshot ?? "none"} and not on ${snapshot}: somebody wrote to it meanwhile.`,
      hint: "Plan the undo again.",
    });
  return { targetSnapshot, notes: ["it stands on its snapshot of before again"] };
}

async function currentOf(session: Session, name: TableName): Promise<{ targetSnapshot?: string }> {
  const found = await describeIceberg(session, name);
  return found?.current ? { targetSnapshot: found.current.id } : {};
}

function procedureName({ namespace, table }: TableName): string {
  return sparkLiteral(`${quote(namespace)}.${quote(table)}`);
}

function wholeNumber(snapshot: string): string {
  if (!/^-?\d+$/.test(snapshot)) throw new Error(`${snapshot} is no snapshot.`);
  return snapshot;
}

/** A table by its whole name, as records have it; undefined where it is no table of a catalog. */
export function tableNamed(text: string): TableName | undefined {
  const [, catalog, namespace, table] = /^([a-z][a-z0-9_]*)\.([^.]+)\.(.+)$/s.exec(text) ?? [];
  return catalog && namespace && table && catalog !== "snowflake" ? { catalog, namespace, table } : undefined;
}
