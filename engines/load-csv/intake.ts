import type { Session } from "../../connectors/spark/session.ts";
import type { StepContext } from "../engine.ts";
import type { LoadCsv } from "./parameters.ts";
import type { PreparedLoad } from "./prepared.ts";
import { countRecords, isAll, notAll, openRecords, type Records } from "./stage.ts";

/** The records of a file on their way into a table. */
export interface Intake extends Records {
  /** Throws where what a copy has read is not each record once; without the copy's figures they are counted. Once. */
  admit(counted?: Record<string, string | null>): Promise<void>;
}

/** Opens the records of a file. */
export async function openIntake(
  session: Session,
  ready: PreparedLoad,
  name: string,
  context: StepContext<LoadCsv>,
): Promise<Intake> {
  const records = await openRecords(session, ready, context);
  const check = async (passed?: Record<string, string | null>) => {
    // A task that ran twice has counted twice.
    if (isAll(ready, passed)) return;
    const counted = await countRecords(session, records.relation, name, context);
    if (!isAll(ready, counted)) throw notAll(ready, counted);
  };
  let admitted: Promise<void> | undefined;
  const admit: Intake["admit"] = counted => {
    admitted ??= check(counted);
    return admitted;
  };
  return { ...records, admit };
}
