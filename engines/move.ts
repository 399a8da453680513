import type { Session } from "../spark/session.ts";
import { attachCatalogs } from "../tables/catalogs.ts";
import type { Column } from "../tables/columns.ts";
import { type IcebergTable, metadataFile } from "../tables/iceberg.ts";
import { removeNewFiles } from "../tables/leftovers.ts";
import type { TableName } from "../tables/names.ts";
import { createNamespace } from "../tables/namespace.ts";
import type { Proof } from "../tables/proof.ts";
import { dropLeftBranches, type Watch, type Write, withdraw, writeProvePublish } from "../tables/publish.ts";
import { whileAzureAnswers } from "../tables/storage-away.ts";
import type { Step, StepContext } from "./engine.ts";
import { isUnavailable } from "./sentence.ts";

/** What a step needs that copies rows into one Iceberg table: where from, where to, and how the target is laid out. */
export interface Move {
  catalogs: string[];
  target: TableName;
  columns: Column[];
  partitioning: string[];
  orderedBy: string[];
  /** Reads the source's rows with the target's names and types. */
  select: string;
  comment?: string;
  properties: Record<string, string>;
  sourceSnapshot?: string;
  existing?: IcebergTable;
  sameLayout: boolean;
}

/** The detail of a step that will not be run. */
export function nothing(target: TableName): Move {
  const lists = { catalogs: [], columns: [], partitioning: [], orderedBy: [] };
  return { ...lists, target, select: "", properties: {}, sameLayout: false };
}

/** The parameters that every job that moves tables has. */
interface MoveParameters {
  verify: "read-back" | "metadata" | "none";
}

/** Copies one table: written on a branch, proven there, then published. What a failed write leaves is cleared. */
export async function moveTable<P extends MoveParameters>(step: Step<Move>, context: StepContext<P>) {
  const session = await context.spark();
  const { catalogs } = step.detail;
  await attachCatalogs(session, context.settings, catalogs);
  return await whileAzureAnswers(session, context.settings, catalogs, () => copyTable(session, step, context));
}

async function copyTable<P extends MoveParameters>(session: Session, step: Step<Move>, context: StepContext<P>) {
  const { detail } = step;
  const write = writeOf(step, context);
  const started = Date.now();
  if (detail.existing && context.planned) await dropLeftBranches(session, detail.target, context.job.id);
  if (!detail.existing) await createNamespace(session, context.settings, detail.target);
  try {
    const { snapshot, notes } = await writeProvePublish(session, write, watchOf(step, context, session.id));
    const file = await metadataFile(session, detail.target);
    const all = [...(step.notes ?? []), ...notes];
    return {
      outcome: "succeeded" as const,
      ...figuresOf(snapshot.summary),
      ...(detail.sourceSnapshot && { sourceSnapshot: detail.sourceSnapshot }),
      targetSnapshot: snapshot.id,
      ...(file && { metadataFile: file }),
      proof: proofOf(write),
      ...(all.length > 0 && { notes: all }),
    };
  } catch (error) {
    await clearUp(step, context, write, started, error);
    throw error;
  }
}

/** What a snapshot says of the whole table. */
export function figuresOf(summary: Readonly<Record<string, string>>) {
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
    verify: context.job.parameters.verify,
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
    const why = "Spark was gone and could clear nothing; another attempt does";
    return context.emit({ event: "left-behind", table, what: `what was written of ${step.target}`, why });
  }
  let place = step.detail.existing?.location;
  let why = "no reader sees them; remove_orphan_files and expire_snapshots clear them in time";
  try {
    const withdrawn = await withdraw(await context.spark(), write);
    if (withdrawn && removeNewFiles(withdrawn, started - 1000)) return;
    place = withdrawn ?? place;
  } catch (error) {
    why = `they could not be cleared: ${(error as Error).message}`;
  }
  if (place) {
    context.emit({
      event: "left-behind",
      table: step.table,
      what: `files of the failed write below ${place}/data`,
      why,
    });
  }
}
