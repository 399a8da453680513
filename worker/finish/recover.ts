import { existsSync, readdirSync } from "node:fs";
import { readRecord } from "../../core/audit/records.ts";
import { isId } from "../../core/jobs/id.ts";
import { parseJobFile } from "../../core/jobs/parse/parse.ts";
import { type Claim, claimShape, resultShape, retryShape } from "../../core/jobs/running.ts";
import { archiveMonths, monthFolder } from "../../core/store/archive.ts";
import { livingEngine } from "../../core/store/engine-mark.ts";
import { archivedRecord, queuedFile, runningFiles } from "../../core/store/layout.ts";
import { jobOfRunning } from "../../core/store/names.ts";
import { removeFile } from "../../core/system/atomic.ts";
import { readShaped } from "../../core/system/json.ts";
import type { Context } from "../context.ts";
import { readCancelRequest } from "../engine/cancel-request.ts";
import type { EngineEnd } from "../engine/follow.ts";
import { type Claimed, claimedOf } from "../queue/claim.ts";
import { isTemporary, readRegular, sweepFolder } from "../queue/read-file.ts";
import { finishRelease, finishRequeue } from "../queue/return-to-queue.ts";
import { closeJob } from "./archive.ts";

/** How a job that was found in running/ goes on. */
export type Recovered =
  | { next: "follow" | "launch" | "requeue"; claimed: Claimed }
  | { next: "finish"; claimed: Claimed; ended: EngineEnd };

/** Puts running/ in order after an end of any kind, and tells what is to be done with each job that is left there. */
export function recover(context: Context): Recovered[] {
  const { layout, log } = context;
  const names = readdirSync(layout.running);
  const left = names.filter(name => !isTemporary(name) && !isId(jobOfRunning(name) ?? name));
  if (left.length > 0) log.warn(`left alone in queue/running/, not of the worker: ${left.join(", ")}`);
  sweep(context);
  const ids = new Set(names.map(name => jobOfRunning(name) ?? name).filter(isId));
  return [...ids].flatMap(id => {
    try {
      return recoverOne(context, id) ?? [];
    } catch (error) {
      log.error(`${id} can't be recovered (${(error as Error).message}): it is left in queue/running/.`);
      return [];
    }
  });
}

// Only the worker writes into the months of the archive, so temporary files there belong to no other process.
function sweep({ layout, timing }: Context): void {
  for (const folder of [layout.running, layout.rejected]) sweepFolder(folder, timing.temporaryAge);
  for (const month of archiveMonths(layout).slice(-2)) sweepFolder(monthFolder(layout, month), 0);
}

function recoverOne(context: Context, id: string): Recovered | undefined {
  const { layout, log } = context;
  const files = runningFiles(layout, id);
  const claim = readShaped(files.claim, claimShape);
  const claimed = claim && existsSync(files.job) ? readClaimed(context, claim) : undefined;
  const archived = archivedRecord(layout, id);
  if (archived) {
    const record = readRecord(archived);
    if (!record) throw new Error(`${archived} can't be read as a record`);
    closeJob(context, record, claimed);
    return undefined;
  }
  if (!claim) return unclaimed(context, id);
  const requeued = readShaped(files.retry, retryShape)?.closes === claim.claimNumber;
  if (!existsSync(files.job) || finishRelease(layout, claim)) {
    for (const path of [files.result, files.engine, files.claim]) removeFile(path);
    return undefined;
  }
  if (!claimed) {
    log.error(`${id} can't be read any more: it is left in queue/running/. Move it to queue/ when that is repaired.`);
    return undefined;
  }
  return requeued ? requeueAgain(context, claimed) : goOn(context, claimed);
}

// Without a claim the result and the engine's mark are left over from an interrupted clean-up. A retry note and proofs are needed
// while the job waits in queue/ for its next attempt; whatever else is there is reported and left alone.
function unclaimed({ layout, log }: Context, id: string): undefined {
  const { job, engine, result, retry, proofs } = runningFiles(layout, id);
  removeFile(result);
  removeFile(engine);
  const waits = existsSync(queuedFile(layout, id));
  const left = [job, retry, proofs].filter(path => existsSync(path) && (path === job || !waits));
  if (left.length > 0) log.warn(`left alone in queue/running/, without a claim: ${left.join(", ")}`);
}

function readClaimed(context: Context, claim: Claim): Claimed | undefined {
  const read = readRegular(runningFiles(context.layout, claim.id).job);
  const parsed = read && parseJobFile(read.bytes, context.types);
  return parsed?.ok ? claimedOf(claim, context.types[parsed.file.type]!, parsed.file) : undefined;
}

function requeueAgain(context: Context, claimed: Claimed): Recovered | undefined {
  try {
    finishRequeue(context, claimed.claim);
    return undefined;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    return { next: "requeue", claimed };
  }
}

function goOn({ layout, log }: Context, claimed: Claimed): Recovered {
  const { claim } = claimed;
  const files = runningFiles(layout, claim.id);
  if (livingEngine(layout, claim)) {
    log.info(`${claim.id} runs on: followed from here`);
    return { next: "follow", claimed };
  }
  const result = readShaped(files.result, resultShape);
  if (result?.attempt === claim.attempt)
    return { next: "finish", claimed, ended: { ran: true, exitCode: result.exitCode, result } };
  if (existsSync(files.engine)) return { next: "finish", claimed, ended: { ran: true, exitCode: null } };
  if (readCancelRequest(layout, claim.id)) return { next: "finish", claimed, ended: { ran: false, exitCode: null } };
  return { next: "launch", claimed };
}
