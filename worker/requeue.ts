import { existsSync } from "node:fs";
import { join } from "node:path";
import { moveToFreeName, removeFile, replaceFile } from "../files/atomic.ts";
import { toJson } from "../files/json.ts";
import { runningFiles } from "../files/layout.ts";
import type { Claim, Retry } from "../jobs/running.ts";
import type { Context } from "./context.ts";
import { finishMoveBack } from "./move-back.ts";

/** Puts a job back into queue/ for another attempt. The note is the decision; all after it can be repeated. */
export function requeue(context: Context, claim: Claim, used: number, pause: number): void {
  const { origin, trusted, turn } = claim;
  const notBefore = new Date(Date.now() + pause).toISOString();
  const retry: Retry = { used, closes: turn, notBefore, origin, trusted };
  replaceFile(runningFiles(context.layout, claim.id).retry, toJson(retry));
  finishRequeue(context, claim);
}

/** Does what a requeue still lacks. Throws EEXIST while a foreign file has the job's name in queue/. */
export function finishRequeue({ layout }: Context, claim: Claim): void {
  const { job, engine, result, claim: claimFile } = runningFiles(layout, claim.id);
  if (!finishMoveBack(layout, claim) && existsSync(job)) moveToFreeName(job, join(layout.queue, `${claim.id}.json`));
  for (const path of [result, engine, claimFile]) removeFile(path);
}
