import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { removeFile } from "../files/atomic.ts";
import { archivedRecord, runningFiles } from "../files/layout.ts";
import type { Candidate } from "./candidate.ts";
import type { Context } from "./context.ts";
import { isTemporary, sweepTemporary } from "./temporary.ts";

/** What the worker can do about a job that somebody wants gone. */
export interface Cancelling {
  /** Ends a running job; false if it does not run. */
  running(id: string): boolean;
  waiting(id: string): Candidate | undefined;
  queued(candidate: Candidate): void;
}

/** Looks at every wish in queue/cancel/ and does what can be done about it now. */
export function handleWishes(context: Context, cancelling: Cancelling): void {
  const { layout, timing } = context;
  for (const name of readdirSync(layout.cancel)) {
    const path = join(layout.cancel, name);
    if (isTemporary(name)) sweepTemporary(path, timing.temporaryAge);
    else if (name.endsWith(".json") && !name.startsWith(".")) handleWish(context, name.slice(0, -5), path, cancelling);
  }
}

function handleWish(context: Context, id: string, path: string, { running, waiting, queued }: Cancelling): void {
  const { layout, log } = context;
  if (running(id)) return;
  const candidate = waiting(id);
  if (candidate) queued(candidate);
  const { job, claim } = runningFiles(layout, id);
  // It has just come or is just going: the next look knows more.
  if (candidate || [join(layout.queue, `${id}.json`), job, claim].some(file => existsSync(file))) return;
  const why = archivedRecord(layout, id) ? "has ended already" : "is not known";
  log.info(`the wish to cancel ${id} is dropped: this job ${why}`);
  removeFile(path);
}
