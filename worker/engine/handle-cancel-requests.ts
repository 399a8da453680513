import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { archivedRecord, queuedFile, runningFiles } from "../../core/store/layout.ts";
import { isJsonName, stemOf } from "../../core/store/names.ts";
import { removeFile } from "../../core/system/atomic.ts";
import type { Context } from "../context.ts";
import type { Candidate } from "../queue/candidate.ts";
import { isTemporary, sweepTemporary } from "../queue/read-file.ts";

/** What the worker can do with a cancel request. */
export interface Cancelling {
  /** Ends a running job; false if it does not run. */
  running(id: string): boolean;
  waiting(id: string): Candidate | undefined;
  queued(candidate: Candidate): void;
}

/** Handles every cancel request in queue/cancel/ as far as it can be done now. */
export function handleCancelRequests(context: Context, cancelling: Cancelling): void {
  const { layout, timing } = context;
  for (const name of readdirSync(layout.cancel)) {
    const path = join(layout.cancel, name);
    if (isTemporary(name)) sweepTemporary(path, timing.temporaryAge);
    else if (isJsonName(name)) handleCancelRequest(context, stemOf(name), path, cancelling);
  }
}

function handleCancelRequest(
  context: Context,
  id: string,
  path: string,
  { running, waiting, queued }: Cancelling,
): void {
  const { layout, log } = context;
  if (running(id)) return;
  const candidate = waiting(id);
  if (candidate) queued(candidate);
  const { job, claim } = runningFiles(layout, id);
  // The job may have just arrived or just ended: the next scan decides.
  if (candidate || [queuedFile(layout, id), job, claim].some(file => existsSync(file))) return;
  const why = archivedRecord(layout, id) ? "has ended already" : "is not known";
  log.info(`the request to cancel ${id} is dropped: this job ${why}`);
  removeFile(path);
}
