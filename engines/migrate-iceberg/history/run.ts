import { type BlobFolder, blobFolder } from "../../../connectors/azure/blob-folder.ts";
import { ensureContainer } from "../../../connectors/azure/container.ts";
import { whileAzureAnswers } from "../../../connectors/azure/storage-unavailable.ts";
import { attachCatalogs } from "../../../connectors/iceberg/catalogs.ts";
import { snapshotOf } from "../../../connectors/iceberg/iceberg.ts";
import { createNamespace } from "../../../connectors/iceberg/namespace.ts";
import { SparkError } from "../../../connectors/spark/errors.ts";
import type { Session } from "../../../connectors/spark/session.ts";
import { FileGone } from "../../../connectors/table-files/read.ts";
import type { Step, StepContext } from "../../engine.ts";
import type { MigrateIceberg } from "../parameters.ts";
import { attemptCopy } from "./copy-once.ts";
import { nameOfFile, removeExpired } from "./marker.ts";
import { type History, NOTHING_NEW } from "./plan.ts";
import { tableFigures } from "./prove.ts";
import { clearLeft } from "./staging.ts";

const TRIES = 3;

/** Copies the whole history of one table, or what is new of it. Readers see the old state or the new one, proven. */
export async function copyHistory(step: Step<History>, context: StepContext<MigrateIceberg>) {
  const { source, target } = step.detail;
  const catalogs = [source.catalog, target.catalog];
  const session = await context.spark();
  await attachCatalogs(session, context.settings, catalogs);
  return await whileAzureAnswers(session, context.settings, catalogs, () => copy(session, step, context));
}

async function copy(session: Session, step: Step<History>, context: StepContext<MigrateIceberg>) {
  const { settings } = context;
  const { detail } = step;
  const folder = await blobFolder(detail.location, settings);
  if (!folder) throw new Error(`${detail.location} is no storage of the settings.`);
  const ends = { source: detail.source, location: detail.sourceLocation, target: detail.target };
  const clear = () => clearLeft(session, { job: context.job.id, attempt: context.attempt }, ends, settings);
  if (detail.history === "nothing new") {
    // An attempt that died right after its switch left its work too, and has nothing new to copy.
    const [outcome] = await Promise.all([nothingNew(session, folder, step, context), clear()]);
    return outcome;
  }
  await clear();
  await ensureContainer(settings, detail.target.catalog);
  await createNamespace(session, settings, detail.target);
  const notes: string[] = [];
  for (let tries = 1; ; tries += 1) {
    try {
      const done = await attemptCopy(session, folder, step, context);
      return { ...done, notes: [...(step.notes ?? []), ...notes, ...done.notes] };
    } catch (error) {
      if (tries === TRIES || context.signal.aborted || !hasMoved(error)) throw error;
      const why = `${step.table} was expired while it was copied: planned again`;
      notes.push(why);
      context.emit({ event: "note", table: step.table, message: why });
    }
  }
}

// The source's own upkeep removes what a copy is about to read; what is there now can be copied.
function hasMoved(error: unknown): boolean {
  if (error instanceof FileGone) return true;
  if (!(error instanceof SparkError)) return false;
  const text = `${error.message} ${error.cause instanceof Error ? error.cause.message : ""}`;
  return /may contain invalid snapshots|Cannot find snapshot|Version file .* doesn't exist|FileNotFoundException|NotFoundException/.test(
    text,
  );
}

async function nothingNew(
  session: Session,
  folder: BlobFolder,
  { table, detail, notes = [] }: Step<History>,
  context: StepContext<MigrateIceberg>,
) {
  const { standing: now } = detail;
  if (!now) throw new Error("unreachable");
  const [snapshot, removed] = await Promise.all([
    snapshotOf(session, detail.target, now.snapshot),
    // What an earlier job was about to remove when it was killed.
    removeExpired(folder, nameOfFile(now.file), context.signal),
  ]);
  const none = { "copied files": "0", "copied bytes": "0" };
  context.emit({ event: "note", table, message: NOTHING_NEW });
  return {
    outcome: "succeeded" as const,
    ...tableFigures(snapshot?.summary),
    ...(snapshot && { sourceSnapshot: snapshot.id, targetSnapshot: snapshot.id }),
    metadataFile: now.file,
    // It stands on what was proven when it was copied.
    proof: { level: "metadata", verdict: "equal" } as const,
    figures: { ...none, ...(removed && { "removed files": String(removed) }) },
    notes: [...notes, NOTHING_NEW],
  };
}
