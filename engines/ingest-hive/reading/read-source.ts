import { attachCatalogs } from "../../../connectors/iceberg/catalogs.ts";
import { sizeOf } from "../../../connectors/iceberg/describe.ts";
import {
  type CheckFiles,
  checkFiles,
  checkPlanned,
  FilesDiffer,
  type FilesRead,
  namesByMark,
} from "../../../connectors/iceberg/files-read.ts";
import { hasOwnReader, isFileArriving, isSparks, type SourceFiles } from "../../../connectors/iceberg/source-files.ts";
import type { Session } from "../../../connectors/spark/session.ts";
import type { JobError, Outcome } from "../../../core/jobs/outcome.ts";
import { type Step, type StepContext, StepFailed } from "../../engine.ts";
import { moveTable } from "../../table-copy/move.ts";
import { AS_HIVE, type HiveMove, type HiveSource } from "../hive-source.ts";
import { tableInPlace } from "../in-place/in-place.ts";
import type { IngestHive } from "../parameters.ts";
import { readTransactional } from "../transactional/read.ts";
import { headerLinesOf, WHOLE_HEADER } from "./header-lines.ts";
import { type HiveReading, readAsHive, readerNotes } from "./read-as-hive.ts";
import { explainReading } from "./reading-errors.ts";

/**
 * Copies one table or view with the files that Hive would read, all of them: by Spark's own reader where that is enough, else
 * by Hive's, which Spark has too. Before anything is published the files that rows came from are held against those listed.
 */
export async function ingestTable(
  step: Step<HiveMove>,
  context: StepContext<IngestHive>,
): Promise<Omit<Outcome, "table" | "target" | "seconds">> {
  const { hive } = step.detail;
  if (!hive) return await moveTable(step, context);
  const session = await context.spark();
  await attachCatalogs(session, context.settings, step.detail.catalogs);
  if (hive.transactional) {
    await session.config.set(AS_HIVE);
    return await readTransactional(step, context, hive.transactional);
  }
  const header = headerLinesOf(hive.table);
  try {
    if (header > 0) await session.config.set(WHOLE_HEADER);
    return await readAsHive(
      session,
      [hive],
      context.signal,
      reading => read(step, context, session, reading),
      (error, [listed]) => explainReading(session, hive, listed?.[0], error),
    );
  } finally {
    if (header > 0) await session.config.unset(Object.keys(WHOLE_HEADER)).catch(() => undefined);
  }
}

async function read(
  step: Step<HiveMove>,
  context: StepContext<IngestHive>,
  session: Session,
  { listed: [listed = []], reason }: HiveReading,
) {
  const { hive, ...move } = step.detail;
  const notes = [...(step.notes ?? []), ...readerNotes(reason)];
  const [files] = listed;
  if (hive && files && context.job.parameters.mode === "snapshot")
    return await tableInPlace({ ...step, notes }, context, session, { hive, listed: files });
  let sourceFiles: FilesRead | undefined;
  const proof = (reported: object) => context.proof({ ...reported, ...(sourceFiles && { sourceFiles }) });
  if (hive?.tables) {
    const below = hive.tables.flatMap(({ name, table }, i) => {
      const isPlanned = reason === undefined && hasOwnReader(table);
      return listed[i] ? [{ name, listed: listed[i], isPlanned }] : [];
    });
    sourceFiles = await checkPlanned(session, below);
  }
  if (!hive || !files || hive.tables) return await moveTable({ ...step, detail: move, notes }, { ...context, proof });
  const hiveWay = reason !== undefined || !hasOwnReader(hive.table);
  // Beside the copy, which takes longer.
  const arriving = hiveWay || isSparks(hive.table) ? Promise.resolve(false) : isFileArriving(session, hive.table);
  arriving.catch(() => undefined);
  const hasManyRows = seemsLarge(hive, files);
  const source = { table: hive.table, listed: files, hiveWay, header: headerLinesOf(hive.table) };
  const checked: CheckFiles = async (marks, names) => {
    if (await arriving) throw new StepFailed(fileArrives(step.table));
    const check = (observed: readonly string[]) => checkFiles(session, source, observed);
    const marked = marks && namesByMark(files, marks);
    // Where only some rows are marked, a small file may have none of them.
    const found = marked && (hasManyRows ? await check(marked).catch(orUndefined) : await check(marked));
    sourceFiles = found ?? (await check(await names()));
  };
  const detail = { ...move, checkFiles: checked, hasManyRows };
  return await moveTable({ ...step, detail, notes }, { ...context, proof });
}

// A guess, which decides of the cost alone.
function seemsLarge({ table }: HiveSource, { files }: SourceFiles): boolean {
  return files.size > MANY_FILES || Number(sizeOf(table).bytes ?? 0) > MANY_BYTES;
}

const MANY_FILES = 100;
const MANY_BYTES = 256 * 1024 * 1024;

function orUndefined(error: unknown): undefined {
  if (!(error instanceof FilesDiffer)) throw error;
}

function fileArrives(table: string): JobError {
  return {
    message: `Somebody is putting a file into ${table} right now (its name ends in ._COPYING_). Hive would read it, and Spark does not.`,
    hint: "Run the job again when the file is there. If nobody writes any more, remove what is left of it.",
  };
}
