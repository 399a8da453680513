import type { Claim, EngineMark } from "../jobs/running.ts";
import { createFile, removeFile } from "./atomic.ts";
import { readJson, toJson } from "./json.ts";
import { type Layout, runningFiles } from "./layout.ts";
import { identityOf, isAlive } from "./process-identity.ts";

/**
 * An engine's first act: leaves its mark beside its claim. False if another engine was there first or the claim is no
 * longer this one: then it must exit at once with EXIT_ALREADY_RUNNING, without touching anything.
 */
export function leaveMark(layout: Layout, claim: Claim): boolean {
  const files = runningFiles(layout, claim.id);
  const me = identityOf(process.pid);
  if (!me) throw new Error("This process can't find its own start time: is /proc mounted?");
  const mark: EngineMark = { ...me, attempt: claim.attempt, turn: claim.turn };
  try {
    createFile(files.engine, toJson(mark));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    return false;
  }
  if (readJson<Claim>(files.claim)?.turn === claim.turn) return true;
  removeFile(files.engine);
  return false;
}

/** The engine at work on a claim, if there is one and it lives. */
export function livingEngine(layout: Layout, claim: Pick<Claim, "id" | "turn">): EngineMark | undefined {
  const mark = readJson<EngineMark>(runningFiles(layout, claim.id).engine);
  return mark && mark.turn === claim.turn && isAlive(mark) ? mark : undefined;
}
