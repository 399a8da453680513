import { existsSync, lstatSync, readdirSync, rmdirSync, unlinkSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { whileAzureAnswers } from "../../connectors/azure/storage-unavailable.ts";
import { attachCatalogs } from "../../connectors/iceberg/catalogs.ts";
import type { CheckFiles } from "../../connectors/iceberg/files-read.ts";
import {
  describeIceberg,
  type IcebergTable,
  metadataFile,
  placeOf,
  type Snapshot,
} from "../../connectors/iceberg/iceberg.ts";
import type { TableColumn } from "../../connectors/iceberg/layout/columns.ts";
import { sqlName, type TableName } from "../../connectors/iceberg/names.ts";
import { createNamespace } from "../../connectors/iceberg/namespace.ts";
import type { Session } from "../../connectors/spark/session.ts";
import type { Step, StepContext } from "../engine.ts";
import { isUnavailable, jobErrorOf } from "../runner/job-error.ts";
import type { Proof } from "./proof-figures.ts";
import type { Inspection } from "./prove.ts";
import { changeOf, dropLeftBranches, type Observed, type Watch, type Write, writeProvePublish } from "./publish.ts";

/** What a step needs that copies rows into one Iceberg table: where from, where to, and how the target is laid out. */
export interface Move {
  catalogs: string[];
  target: TableName;
  columns: TableColumn[];
  partitioning: string[];
  partitionNames?: (string | undefined)[];
  orderedBy: string[];
  /** Reads the source's rows with the target's names and types. */
  select: string;
  comment?: string;
  properties: Record<string, string>;
  sourceSnapshot?: string;
  existing?: IcebergTable;
  sameLayout: boolean;
  inspect?: Inspection;
  /** Text columns may hold bytes that are not UTF-8, since the format does not check them. */
  mayHoldBytes?: boolean;
  /** Days before 15 October 1582 may be read by another calendar than they were written in. */
  mayHoldOldDays?: boolean;
  /** Asks somebody else about the copy before it is published. */
  witness?(relation: string, snapshot: Snapshot): Promise<string[]>;
  /** Looks at the files that the rows came from, before they are published. */
  checkFiles?: CheckFiles;
  /** There are so many rows that only some of them are marked with their file. */
  hasManyRows?: boolean;
  /** Looks at what was observed below the copy, before it is published. */
  checkObserved?(observed: Observed | undefined): Promise<void>;
}

/** The detail of a step that will not be run. */
export function nothing(target: TableName): Move {
  const lists = { catalogs: [], columns: [], partitioning: [], orderedBy: [] };
  return { ...lists, target, select: "", properties: {}, sameLayout: false };
}

/** The parameters that every job that moves tables has. */
interface MoveParameters {
  verify: "witness" | "read-back" | "metadata" | "none";
}

/** Copies one table: written on a branch, proven there, then published. What a failed write leaves is cleared. */
export async function moveTable<P extends MoveParameters>(step: Step<Move>, context: StepContext<P>) {
  const session = await context.spark();
  const { catalogs } = step.detail;
  await attachCatalogs(session, context.settings, catalogs);
  return await whileAzureAnswers(session, context.settings, catalogs, () => copyTable(session, step, context));
}

async function copyTable<P extends MoveParameters>(session: Session, planned: Step<Move>, context: StepContext<P>) {
  const step = await withoutEarlierAttempt(session, planned, context);
  const { detail } = step;
  const write = writeOf(step, context);
  const started = Date.now();
  const change = changeOf(detail.existing, context.job.id);
  // Its columns go with the table that is made anew: only the file from before still has them.
  const before = change && detail.existing && !detail.sameLayout && (await metadataFile(session, detail.target));
  if (detail.existing && context.planned) await dropLeftBranches(session, detail.target, context.job.id);
  if (!detail.existing) await createNamespace(session, context.settings, detail.target);
  try {
    const { snapshot, notes } = await writeProvePublish(session, write, watchOf(step, context, session.id));
    const file = await metadataFile(session, detail.target);
    const all = [...(step.notes ?? []), ...notes];
    return {
      outcome: "succeeded" as const,
      ...outcomeFigures(snapshot.summary),
      ...(detail.sourceSnapshot && { sourceSnapshot: detail.sourceSnapshot }),
      targetSnapshot: snapshot.id,
      ...(file && { metadataFile: file }),
      ...(change && { change: { ...change, ...(before && { replaced: true as const, metadataFileBefore: before }) } }),
      proof: proofOf(write),
      ...(all.length > 0 && { notes: all }),
    };
  } catch (error) {
    await clearUp(step, context, write, started, error);
    throw error;
  }
}

// A table that an earlier attempt of this job made and that shows no rows is made anew: with the server that was lost went
// the knowledge of which files were written for it.
async function withoutEarlierAttempt<P extends MoveParameters>(
  session: Session,
  step: Step<Move>,
  context: StepContext<P>,
): Promise<Step<Move>> {
  const { existing, ...detail } = step.detail;
  if (context.attempt === 1 || !existing || existing.current) return step;
  const withdrawn = await withdraw(session, writeOf(step, context));
  if (!withdrawn) return step;
  if (!removeNewFiles(withdrawn, Date.parse(context.job.submittedAt)))
    context.emit({
      event: "left-behind",
      table: step.table,
      what: `files that an earlier attempt wrote below ${withdrawn}/data`,
      why: "no reader sees them; remove_orphan_files clears them in time",
    });
  return { ...step, detail };
}

/** What a snapshot says of the whole table. */
export function outcomeFigures(summary: Readonly<Record<string, string>>) {
  return {
    rows: summary["total-records"] ?? "0",
    bytes: summary["total-files-size"] ?? "0",
    files: Number(summary["total-data-files"] ?? 0),
  };
}

function writeOf<P extends MoveParameters>(step: Step<Move>, context: StepContext<P>): Write {
  const { detail } = step;
  return {
    ...detail,
    source: step.table,
    into: detail.target,
    groupBy: detail.partitioning.filter(transform => !transform.includes("(")),
    // With `witness` the copy is read back as well; `detail.witness` asks Hive.
    verify: context.job.parameters.verify === "witness" ? "read-back" : context.job.parameters.verify,
    properties: { ...detail.properties, "format-version": "2", "portal.source": step.table },
    job: context.job.id,
    attempt: context.attempt,
    keep: (proof: Proof) => context.proof(proof),
  };
}

/** Tells the events of a step what its write does. */
export function watchOf(
  { table }: Pick<Step, "table">,
  context: Pick<StepContext, "signal" | "emit">,
  session: string,
): Watch {
  return {
    signal: context.signal,
    writing: operation => context.emit({ event: "progress", table, step: "write", session, operation }),
    progress: (name, progress) =>
      context.emit({
        event: "progress",
        table,
        step: name,
        ...(progress && { done: progress.tasksDone, total: progress.tasks, bytes: progress.bytesRead }),
      }),
  };
}

function proofOf({ verify }: Write) {
  return verify === "none"
    ? ({ level: "none", verdict: "not checked" } as const)
    : ({ level: verify, verdict: "equal" } as const);
}

/** An interrupted write leaves data files that no snapshot names. Where the table was new they go with it, if they are in reach. */
export async function clearUp(
  step: Step<Pick<Move, "existing">>,
  context: Pick<StepContext, "spark" | "emit">,
  write: Write,
  started: number,
  error: unknown,
): Promise<void> {
  const { table } = step;
  if (isUnavailable(error)) {
    const why = step.detail.existing
      ? "Spark was gone and could clear nothing; no reader sees it, and remove_orphan_files clears it in time"
      : "Spark was gone and could clear nothing; another attempt does";
    return context.emit({ event: "left-behind", table, what: `what was written of ${step.target}`, why });
  }
  let place = `of ${step.target}`;
  let isLeft = step.detail.existing !== undefined;
  let why = "no reader sees them; remove_orphan_files and expire_snapshots clear them in time";
  try {
    const session = await context.spark();
    if (isLeft) place = `below ${(await placeOf(session, write.into)).location}/data`;
    const withdrawn = await withdraw(session, write);
    if (withdrawn && removeNewFiles(withdrawn, started - 1000)) return;
    if (withdrawn) [isLeft, place] = [true, `below ${withdrawn}/data`];
  } catch (error) {
    why = `they could not be cleared: ${jobErrorOf(error).message}`;
  }
  if (isLeft) {
    context.emit({
      event: "left-behind",
      table: step.table,
      what: `files of the failed write ${place}`,
      why,
    });
  }
}

// Drops the table of a write that failed if this job created it and nothing was published; gives the place it had.
async function withdraw(session: Session, write: Write): Promise<string | undefined> {
  const now = await describeIceberg(session, write.into);
  if (!now || now.properties["portal.created-by"] !== write.job || !isUnpublished(now)) return undefined;
  const { location } = await placeOf(session, write.into);
  // A catalog that shares files between its own branches lets nobody delete them.
  const purge = now.properties["gc.enabled"] === "false" ? "" : " purge";
  await session.command(`drop table ${sqlName(write.into)}${purge}`);
  return location;
}

// The first branch of an empty table begins with an empty snapshot, which a catalog without branches gives to main.
function isUnpublished({ current }: IcebergTable): boolean {
  if (!current) return true;
  const { summary, parent } = current;
  return !parent && summary["portal.job"] === undefined && summary["total-data-files"] === "0";
}

/**
 * Removes what an interrupted write left in a table's folder: files made since `since` (ms), then folders that are
 * empty. Gives false where the folder is not on this machine's disk. Files that were there before stay.
 */
export function removeNewFiles(location: string, since: number): boolean {
  if (!/^file:\//.test(location)) return false;
  const folder = fileURLToPath(location.replace(/^file:\/*/, "file:///"));
  if (existsSync(folder)) clear(folder, since);
  return true;
}

function clear(folder: string, since: number): void {
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    const stat = lstatSync(path);
    if (stat.isDirectory()) clear(path, since);
    else if (stat.mtimeMs >= since) unlinkSync(path);
  }
  if (readdirSync(folder).length === 0) rmdirSync(folder);
}
