import { lstatSync } from "node:fs";
import { join } from "node:path";
import { moveToFreeName, removeFile } from "../files/atomic.ts";
import { type Layout, runningFiles } from "../files/layout.ts";
import type { Claim } from "../jobs/running.ts";
import type { Context } from "./context.ts";

/** Moves a job that was taken by mistake back to where it was; under its id if that name has been given anew. */
export function moveBack({ layout, log }: Context, claim: Claim): void {
  const { job } = runningFiles(layout, claim.id);
  log.info(`${claim.takenFrom} was still being written when it was taken: it waits again.`);
  try {
    moveToFreeName(job, join(layout.queue, claim.takenFrom));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    moveToFreeName(job, join(layout.queue, `${claim.id}.json`));
  }
}

/**
 * After a crash: whether the job's file was on its way back to queue/, where it has its other link. Then the way is
 * finished here.
 */
export function finishMoveBack(layout: Layout, claim: Claim): boolean {
  const { job } = runningFiles(layout, claim.id);
  const here = lstatSync(job, { throwIfNoEntry: false });
  if (!here || here.nlink < 2) return false;
  const isTwin = [claim.takenFrom, `${claim.id}.json`].some(
    name => lstatSync(join(layout.queue, name), { throwIfNoEntry: false })?.ino === here.ino,
  );
  if (isTwin) removeFile(job);
  return isTwin;
}
