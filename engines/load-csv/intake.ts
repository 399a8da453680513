import { rmSync } from "node:fs";
import type { Scan } from "../../csv/scan.ts";
import type { Session } from "../../spark/session.ts";
import { group } from "../../views/figures.ts";
import type { StepContext } from "../engine.ts";
import { badFile, keepBad } from "./bad.ts";
import type { LoadCsv } from "./parameters.ts";
import type { Load } from "./plan.ts";
import { recordsIn, refuseOther } from "./scanned.ts";
import { countRecords, openRecords, type Records, type Staged, stagedIn } from "./stage.ts";

/** The records of a file on their way into a table. */
export interface Intake extends Records {
  /** Counts the records, unless a copy did, keeps those that can't be taken, and throws where the job wants no such. Once. */
  admit(counted?: Record<string, string | null>): Promise<Staged>;
}

/** Opens the records of a file. Those in a table are admitted at once; others are once they were read. */
export async function openIntake(
  session: Session,
  load: Load,
  scan: Scan | undefined,
  name: string,
  context: StepContext<LoadCsv>,
): Promise<Intake> {
  const path = badFile(context.settings, context.job.id);
  rmSync(path, { force: true });
  const records = await openRecords(session, load, name, context);
  const { relation } = records;
  const look = async (counted?: Record<string, string | null>) => {
    const staged =
      records.staged ??
      stagedIn(relation, scan ? recordsIn(scan, load) : -1, counted) ??
      (await countRecords(session, load, relation, name, context));
    if (scan) refuseOther(scan, staged, load);
    if (staged.bad > 0) await keepBad(session, load, staged, path);
    refuseBad(staged, context);
    return staged;
  };
  let admitted: Promise<Staged> | undefined;
  const admit: Intake["admit"] = counted => {
    admitted ??= look(counted);
    return admitted;
  };
  if (records.staged) await admit();
  return { ...records, admit };
}

function refuseBad(staged: Staged, { job }: StepContext<LoadCsv>): void {
  const [bad, all] = [group(staged.bad), group(staged.records)];
  const where = `They are in logs/${job.id}.bad.csv, each with its line and the reason.`;
  if (staged.records > 0 && staged.bad === staged.records)
    throw new Error(`None of the ${all} records can be taken, so nothing was written. ${where}`);
  if (staged.bad > 0 && job.parameters.badRecords === "fail")
    throw new Error(`${bad} of ${all} records can't be taken, and badRecords is "fail": nothing was written. ${where}`);
}
