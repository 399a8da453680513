import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { removeFile } from "../files/atomic.ts";
import { livingEngine } from "../files/engine-mark.ts";
import { readJson } from "../files/json.ts";
import { archivedRecord, runningFiles } from "../files/layout.ts";
import { isId } from "../jobs/id.ts";
import { parseJobFile } from "../jobs/parse.ts";
import type { JobRecord } from "../jobs/record.ts";
import type { Claim, EngineResult, Retry } from "../jobs/running.ts";
import { closeJob } from "./archive.ts";
import { type Claimed, claimedOf } from "./claim.ts";
import type { Context } from "./context.ts";
import type { Ended } from "./follow.ts";
import { finishMoveBack } from "./move-back.ts";
import { readRegular } from "./read-file.ts";
import { finishRequeue } from "./requeue.ts";
import { isTemporary, sweepFolder } from "./temporary.ts";
import { readWish } from "./wish.ts";

/** How a job that was found in running/ goes on. */
export type Recovered =
  | { next: "follow" | "launch" | "requeue"; claimed: Claimed }
  | { next: "finish"; claimed: Claimed; ended: Ended };

const ENDING = /\.(?:json|claim\.json|engine\.json|result\.json|retry\.json|proofs\.ndjson)$/;

/** Puts running/ in order after an end of any kind, and tells what is to be done with each job that is left there. */
export function recover(context: Context): Recovered[] {
  const { layout, log } = context;
  const names = readdirSync(layout.running);
  const left = names.filter(name => !isTemporary(name) && !isId(name.replace(ENDING, "")));
  if (left.length > 0) log.warn(`left alone in queue/running/, not of the worker: ${left.join(", ")}`);
  sweep(context);
  const ids = new Set(names.map(name => name.replace(ENDING, "")).filter(isId));
  return [...ids].flatMap(id => {
    try {
      return recoverOne(context, id) ?? [];
    } catch (error) {
      log.error(`${id} can't be recovered (${(error as Error).message}): it is left in queue/running/.`);
      return [];
    }
  });
}

// Into the archive's months nobody writes but the worker, so nothing there is still wanted.
function sweep({ layout, timing }: Context): void {
  for (const folder of [layout.running, layout.rejected]) sweepFolder(folder, timing.temporaryAge);
  const months = readdirSync(layout.archive)
    .filter(name => /^\d{4}-\d{2}$/.test(name))
    .sort();
  for (const month of months.slice(-2)) sweepFolder(join(layout.archive, month), 0);
}

function recoverOne(context: Context, id: string): Recovered | undefined {
  const { layout, log } = context;
  const files = runningFiles(layout, id);
  const claim = readJson<Claim>(files.claim);
  const claimed = claim && existsSync(files.job) ? readClaimed(context, claim) : undefined;
  const archived = archivedRecord(layout, id);
  if (archived) {
    closeJob(context, readJson<JobRecord>(archived)!, claimed);
    return undefined;
  }
  if (!claim) return unclaimed(context, id);
  const requeued = readJson<Retry>(files.retry)?.closes === claim.turn;
  if (!existsSync(files.job) || finishMoveBack(layout, claim)) {
    for (const path of [files.result, files.engine, files.claim]) removeFile(path);
    return undefined;
  }
  if (!claimed) {
    log.error(`${id} can't be read any more: it is left in queue/running/. Move it to queue/ when that is repaired.`);
    return undefined;
  }
  return requeued ? requeueAgain(context, claimed) : goOn(context, claimed);
}

// Marks without a claim are what a removal in several steps has left. A note or proofs wait for the next attempt.
function unclaimed({ layout, log }: Context, id: string): undefined {
  const { job, engine, result, retry, proofs } = runningFiles(layout, id);
  removeFile(result);
  removeFile(engine);
  const waits = existsSync(join(layout.queue, `${id}.json`));
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
  const result = readJson<EngineResult>(files.result);
  if (result?.attempt === claim.attempt)
    return { next: "finish", claimed, ended: { ran: true, exitCode: result.exitCode, result } };
  if (existsSync(files.engine)) return { next: "finish", claimed, ended: { ran: true, exitCode: null } };
  if (readWish(layout, claim.id)) return { next: "finish", claimed, ended: { ran: false, exitCode: null } };
  return { next: "launch", claimed };
}
