import type { JobFile } from "../jobs/envelope.ts";
import { createFile } from "../system/atomic.ts";
import { toJson } from "../system/json.ts";
import { type Layout, queuedFile } from "./layout.ts";

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
