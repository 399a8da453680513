import { closeSync, existsSync, fsyncSync, mkdirSync, openSync } from "node:fs";
import { join } from "node:path";
import { createFile, moveFile, removeFile, syncFolder } from "../files/atomic.ts";
import { cancelFile } from "../files/cancel.ts";
import { readJson, toJson } from "../files/json.ts";
import { archivedRecord, type Layout, runningFiles } from "../files/layout.ts";
import type { JobEvent } from "../jobs/events.ts";
import type { JobRecord } from "../jobs/record.ts";
import type { Claimed } from "./claim.ts";
import type { Context } from "./context.ts";
import { followUpFor, submitFollowUp } from "./follow-up.ts";
import { buildRecord, type Ending } from "./record.ts";
import { writeVerdict } from "./verdict.ts";

/** Archives a job that has ended and clears it away. Every step may be repeated after a crash. */
export function archiveJob(context: Context, claimed: Claimed, events: readonly JobEvent[], ending: Ending): JobRecord {
  const { layout, chain } = context;
  const { id } = claimed.claim;
  const before = archivedRecord(layout, id);
  const record = before ? readJson<JobRecord>(before)! : buildRecord(context, claimed, events, ending);
  if (!before) {
    const month = monthFolder(layout, record);
    keepProofs(runningFiles(layout, id).proofs, join(month, `${id}.proofs.ndjson`));
    createFile(join(month, `${id}.json`), toJson(record));
    chain.advance(record);
  }
  closeJob(context, record, claimed);
  return record;
}

/** What is left to do once the record of a job is in the archive: report, follow-up, clearing away. */
export function closeJob(context: Context, record: JobRecord, claimed?: Claimed): void {
  const { layout, log, audit } = context;
  try {
    audit(layout, record);
  } catch (error) {
    log.error(
      `The audit report lacks ${record.id} (${(error as Error).message}): run \`npm run audit\` to rebuild it.`,
    );
  }
  if (claimed && record.followUps.length > 0) {
    const followUp = followUpFor(context, claimed.job, claimed.type, record.tables);
    if (followUp) submitFollowUp(context, followUp);
  }
  if (claimed)
    writeVerdict(layout, claimed.claim, `${record.status}${record.error ? `: ${record.error.message}` : ""}`);
  clearAway(layout, record.id);
}

// The job goes last: as long as it is there, recovery comes back here.
function clearAway(layout: Layout, id: string): void {
  const { engine, result, retry, claim, job } = runningFiles(layout, id);
  for (const path of [cancelFile(layout, id), engine, result, retry, claim, job]) removeFile(path);
}

function monthFolder({ archive }: Layout, record: JobRecord): string {
  const folder = join(archive, record.finishedAt.slice(0, 7));
  if (mkdirSync(folder, { recursive: true, mode: 0o750 })) syncFolder(archive);
  return folder;
}

function keepProofs(from: string, to: string): void {
  if (!existsSync(from)) return;
  const file = openSync(from, "r");
  fsyncSync(file);
  closeSync(file);
  moveFile(from, to);
}
