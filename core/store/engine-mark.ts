import { type Claim, claimShape, type EngineMark, engineMarkShape } from "../jobs/running.ts";
import { createFile, removeFile } from "../system/atomic.ts";
import { readShaped, shapedJson } from "../system/json.ts";
import { identityOf, isAlive } from "../system/process-identity.ts";
import { type Layout, runningFiles } from "./layout.ts";

/**
 * An engine's first act: leaves its mark beside its claim. False if another engine was there first or the claim is no
 * longer this one: then it must exit at once with EXIT_ALREADY_RUNNING, without touching anything.
 */
export function leaveMark(layout: Layout, claim: Claim): boolean {
  const files = runningFiles(layout, claim.id);
  const me = identityOf(process.pid);
  if (!me) throw new Error("This process can't find its own start time: is /proc mounted?");
  const mark: EngineMark = { ...me, attempt: claim.attempt, claimNumber: claim.claimNumber };
  try {
    createFile(files.engine, shapedJson(engineMarkShape, mark));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    return false;
  }
  if (readShaped(files.claim, claimShape)?.claimNumber === claim.claimNumber) return true;
  removeFile(files.engine);
  return false;
}

/** The engine at work on a claim, if there is one and it lives. */
export function livingEngine(layout: Layout, claim: Pick<Claim, "id" | "claimNumber">): EngineMark | undefined {
  const mark = readShaped(runningFiles(layout, claim.id).engine, engineMarkShape);
  return mark && mark.claimNumber === claim.claimNumber && isAlive(mark) ? mark : undefined;
}
