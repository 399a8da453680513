import { lstatSync } from "node:fs";
import { join } from "node:path";
import { newId } from "../../core/jobs/id.ts";
import type { Job } from "../../core/jobs/job.ts";
import { type Claim, claimShape, jobOfClaim } from "../../core/jobs/running.ts";
import { sessionIds } from "../../core/jobs/session-id.ts";
import { runningFiles } from "../../core/store/layout.ts";
import { createFile, moveFile, removeFile } from "../../core/system/atomic.ts";
import { shapedJson } from "../../core/system/json.ts";
import type { JobType } from "../../engines/engine.ts";
import type { Context } from "../context.ts";
import { type Candidate, queueKey } from "./candidate.ts";
import { readRegular } from "./read-file.ts";
import { releaseClaim } from "./return-to-queue.ts";

/** A job that the worker has taken. */
export interface Claimed {
  claim: Claim;
  job: Job;
  type: JobType;
}

/** Takes a waiting job, or finds that it is no longer there as it was: then nothing has changed and a scan is due. */
export function claimJob(context: Context, candidate: Candidate): Claimed | undefined {
  const { layout } = context;
  const from = join(layout.queue, candidate.name);
  if (!isAsExamined(from, candidate)) return undefined;
  const claim = claimOf(candidate, context.host);
  const files = runningFiles(layout, claim.id);
  // The move right after makes both entries of this folder durable, and a disk's journal keeps their order.
  createFile(files.claim, shapedJson(claimShape, claim), 0o600, { entry: false });
  try {
    moveFile(from, files.job);
  } catch (error) {
    removeFile(files.claim);
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
  // A process that had the file open may have written to it until now.
  if (readRegular(files.job)?.sha256 !== candidate.sha256) {
    releaseClaim(context, claim);
    removeFile(files.claim);
    return undefined;
  }
  return claimedOf(claim, candidate.type, candidate.file);
}

/** A claimed job, as its type reads it. */
export function claimedOf(claim: Claim, type: JobType, file: Candidate["file"]): Claimed {
  return { claim, type, job: jobOfClaim(claim, file, type.shape.parse(file.parameters)) };
}

function isAsExamined(path: string, candidate: Candidate): boolean {
  const stats = lstatSync(path, { throwIfNoEntry: false });
  return stats?.isFile() === true && stats.nlink === 1 && queueKey(stats) === candidate.key;
}

function claimOf({ name, file, id, type, retry, origin, trusted }: Candidate, host: string): Claim {
  const taken = id ?? newId(type.type);
  const claimNumber = (retry?.closes ?? 0) + 1;
  return {
    id: taken,
    type: type.type,
    attempt: (retry?.used ?? 0) + 1,
    claimNumber,
    host,
    claimedAt: new Date().toISOString(),
    origin,
    trusted,
    takenFrom: name,
    ...(file.timeoutMinutes !== undefined && { timeoutMinutes: file.timeoutMinutes }),
    sessions: sessionIds(taken, claimNumber),
  };
}
