import { checkAcidFiles, type Observations, observeAgain, oddRows } from "../../../connectors/hive/acid/observed.ts";
import { createAcidViews, dropAcidViews, viewOf } from "../../../connectors/hive/acid/views.ts";
import type { FilesRead } from "../../../connectors/iceberg/files-read.ts";
import { withCauses } from "../../../connectors/spark/describe-error.ts";
import { SparkError } from "../../../connectors/spark/errors.ts";
import type { Session } from "../../../connectors/spark/session.ts";
import type { Step, StepContext } from "../../engine.ts";
import { type Move, moveTable } from "../../table-copy/move.ts";
import type { IngestHive } from "../parameters.ts";
import type { TransactionalTable, TransactionalTables } from "./metastore.ts";
import { withWholeFiles } from "./place-rows.ts";
import { refuse } from "./refusals.ts";

/** What a step needs that reads a transactional table. */
export interface Transactional {
  planned: TransactionalTable;
  tables: TransactionalTables;
}

/**
 * Copies a transactional table as it was when it was planned: the files that were chosen then, and of them the rows that were
 * valid. Where a file has gone meanwhile they are chosen anew, once.
 */
export async function readTransactional(
  step: Step<Move>,
  context: StepContext<IngestHive>,
  { planned, tables }: Transactional,
) {
  const session = await context.spark();
  try {
    return await readOnce(session, step, context, planned);
  } catch (error) {
    if (!isGone(error) || context.signal.aborted) throw error;
    const { database, name } = planned.table;
    const again = await tables.plan(session, database, name, "again");
    if (!again) throw error;
    const note = "files were removed while they were read, so they were chosen anew: the rows are those of that moment";
    return await readOnce(session, { ...step, notes: [...(step.notes ?? []), note] }, context, again);
  }
}

async function readOnce(
  session: Session,
  step: Step<Move>,
  context: StepContext<IngestHive>,
  { table, read }: TransactionalTable,
) {
  const name = viewOf(table.database, table.name);
  let sourceFiles: FilesRead | undefined;
  const checkObserved = async (observed: Observations | undefined) => {
    const figures = observed && isComplete(name, observed, read) ? observed : await observeAgain(session, name, read);
    const odd = oddRows(name, figures);
    if (odd > 0) throw read.format === "text" ? refuse(table).oddText(odd) : refuse(table).inPlace(odd);
    sourceFiles = await checkAcidFiles(session, name, read, figures);
  };
  const proof = (reported: object) => context.proof({ ...reported, ...(sourceFiles && { sourceFiles }) });
  const detail = { ...step.detail, checkObserved };
  const copy = () => moveTable({ ...step, detail }, { ...context, proof });
  try {
    await createAcidViews(session, name, read);
    return await (read.positions ? withWholeFiles(session, copy) : copy());
  } finally {
    await dropAcidViews(session, name);
  }
}

function isComplete(name: string, observed: Observations, { files, deletes }: TransactionalTable["read"]): boolean {
  if (files.length === 0) return true;
  return observed[`${name}_rows`] !== undefined && (deletes.length === 0 || observed[`${name}_deletes`] !== undefined);
}

const GONE = /FILE_NOT_EXIST|PATH_NOT_FOUND|FileNotFoundException|Path does not exist/;

function isGone(error: unknown): boolean {
  return error instanceof SparkError && GONE.test(`${error.errorClass} ${withCauses(error)}`);
}
