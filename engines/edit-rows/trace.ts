import { sparkLiteral, sqlName, type TableName } from "../../connectors/iceberg/names.ts";
import { OperationCancelled } from "../../connectors/spark/errors.ts";
import type { Session } from "../../connectors/spark/session.ts";
import { StepFailed } from "../engine.ts";
import { isUnavailable, jobErrorOf } from "../runner/job-error.ts";

/** What a page says where nobody knows what became of an edit. */
export const UNKNOWN_OUTCOME = "Whether the row was changed is not known: look at it before you go on.";

/** The failure of an edit with what became of the row, by the snapshot that the job made or did not make. */
export async function withTrace(session: Session, of: TableName, job: string, error: unknown): Promise<unknown> {
  if (isUnavailable(error) || error instanceof OperationCancelled) return error;
  const jobError = jobErrorOf(error);
  const written = await hasWritten(session, of, job);
  const hint = written ? "The row was changed all the same: look at it before you go on." : "Nothing was changed.";
  return new StepFailed({ ...jobError, hint: written === undefined ? UNKNOWN_OUTCOME : hint }, { cause: error });
}

async function hasWritten(session: Session, of: TableName, job: string): Promise<boolean | undefined> {
  try {
    const made = `select 1 from ${sqlName(of)}.snapshots where summary['portal.job'] = ${sparkLiteral(job)} limit 1`;
    return (await session.query(made)).length > 0;
  } catch {
    return undefined;
  }
}
