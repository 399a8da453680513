import { existsSync } from "node:fs";
import { join } from "node:path";
import type { JobFile } from "../../core/jobs/envelope.ts";
import { archivedRecord, type Layout, queuedFile, runningFiles } from "../../core/store/layout.ts";
import { jsonName } from "../../core/store/names.ts";
import { JobExists, submitJob } from "../../core/store/submit.ts";

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
