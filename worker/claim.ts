import { lstatSync } from "node:fs";
import { join } from "node:path";
import type { JobType } from "../engines/engine.ts";
import { createFile, moveFile, removeFile } from "../files/atomic.ts";
import { toJson } from "../files/json.ts";
import { runningFiles } from "../files/layout.ts";
import { newId } from "../jobs/id.ts";
import type { Job } from "../jobs/job.ts";
import { type Claim, jobOfClaim } from "../jobs/running.ts";
import { sessionIds } from "../jobs/session-id.ts";
import { type Candidate, keyOf } from "./candidate.ts";
import type { Context } from "./context.ts";
import { moveBack } from "./move-back.ts";
import { readRegular } from "./read-file.ts";

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
  createFile(files.claim, toJson(claim));
  try {
    moveFile(from, files.job);
  } catch (error) {
    removeFile(files.claim);
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
  // Whoever had it open may have gone on writing until now.
  if (readRegular(files.job)?.sha256 !== candidate.sha256) {
    moveBack(context, claim);
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
  return stats?.isFile() === true && stats.nlink === 1 && keyOf(stats) === candidate.key;
}

function claimOf({ name, file, id, type, retry, origin, trusted }: Candidate, host: string): Claim {
  const taken = id ?? newId(type.type);
  const turn = (retry?.closes ?? 0) + 1;
  return {
    id: taken,
    type: type.type,
    attempt: (retry?.used ?? 0) + 1,
    turn,
    host,
    claimedAt: new Date().toISOString(),
    origin,
    trusted,
    takenFrom: name,
    ...(file.timeoutMinutes !== undefined && { timeoutMinutes: file.timeoutMinutes }),
    sessions: sessionIds(taken, turn),
  };
}
