import { existsSync, lstatSync } from "node:fs";
import { join } from "node:path";
import { type Claim, type Retry, retryShape } from "../../core/jobs/running.ts";
import { type Layout, queuedFile, runningFiles } from "../../core/store/layout.ts";
import { jsonName } from "../../core/store/names.ts";
import { moveToFreeName, removeFile, replaceFile } from "../../core/system/atomic.ts";
import { shapedJson } from "../../core/system/json.ts";
import type { Context } from "../context.ts";

/** Moves a job that was claimed by mistake back into queue/; under its id if another file has its name now. */
export function releaseClaim({ layout, log }: Context, claim: Claim): void {
  const { job } = runningFiles(layout, claim.id);
  log.info(`${claim.takenFrom} was still being written when it was taken: it waits again.`);
  try {
    moveToFreeName(job, join(layout.queue, claim.takenFrom));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    moveToFreeName(job, queuedFile(layout, claim.id));
  }
}

/**
 * Completes a move back to queue/ that a crash interrupted: the file then has two links, one in queue/ and one in running/, and
 * the latter is removed. Returns whether there was such a move.
 */
export function finishRelease(layout: Layout, claim: Claim): boolean {
  const { job } = runningFiles(layout, claim.id);
  const here = lstatSync(job, { throwIfNoEntry: false });
  if (!here || here.nlink < 2) return false;
  const isTwin = [claim.takenFrom, jsonName(claim.id)].some(
    name => lstatSync(join(layout.queue, name), { throwIfNoEntry: false })?.ino === here.ino,
  );
  if (isTwin) removeFile(job);
  return isTwin;
}

/** Puts a job back into queue/ for another attempt. Writing the retry note is the decision; every later step can be repeated. */
export function requeue(context: Context, claim: Claim, used: number, pause: number): void {
  const { origin, trusted, claimNumber } = claim;
  const notBefore = new Date(Date.now() + pause).toISOString();
  const retry: Retry = { used, closes: claimNumber, notBefore, origin, trusted };
  replaceFile(runningFiles(context.layout, claim.id).retry, shapedJson(retryShape, retry));
  finishRequeue(context, claim);
}

/** Completes a requeue that was interrupted. Throws EEXIST while another file has the job's name in queue/. */
export function finishRequeue({ layout }: Context, claim: Claim): void {
  const { job, engine, result, claim: claimFile } = runningFiles(layout, claim.id);
  if (!finishRelease(layout, claim) && existsSync(job)) moveToFreeName(job, queuedFile(layout, claim.id));
  for (const path of [result, engine, claimFile]) removeFile(path);
}
