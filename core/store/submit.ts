import { existsSync } from "node:fs";
import { join } from "node:path";
import type { JobFile } from "../jobs/envelope.ts";
import { createFile } from "../system/atomic.ts";
import { toJson } from "../system/json.ts";
import { archivedRecord, type Layout, queuedFile, runningFiles } from "./layout.ts";
import { jsonName } from "./names.ts";

/** A job of this id waits in queue/ already. */
export class JobExists extends Error {
  override name = "JobExists";
}

/** Submits a job: it is in queue/ for good when this returns, or nothing was changed and it throws. */
export function submitJob(layout: Layout, id: string, file: JobFile): void {
  const submittedAt = file.submittedAt ?? new Date().toISOString();
  try {
    createFile(queuedFile(layout, id), toJson({ ...file, id, submittedAt }));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    throw new JobExists(`A job ${id} waits in queue/ already: nothing was submitted.`);
  }
}

/** Submits a job whose id was settled before, unless that was done already. Tells whether it did so now. */
export function submitOnce(layout: Layout, file: JobFile & { id: string }): boolean {
  if (isKnown(layout, file.id)) return false;
  try {
    submitJob(layout, file.id, file);
    return true;
  } catch (error) {
    if (error instanceof JobExists) return false;
    throw error;
  }
}

function isKnown(layout: Layout, id: string): boolean {
  const { job, claim, retry } = runningFiles(layout, id);
  const places = [queuedFile(layout, id), job, claim, retry, join(layout.rejected, jsonName(id))];
  return places.some(place => existsSync(place)) || archivedRecord(layout, id) !== undefined;
}
