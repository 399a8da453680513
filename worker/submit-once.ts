import { existsSync } from "node:fs";
import { join } from "node:path";
import { archivedRecord, type Layout, runningFiles } from "../files/layout.ts";
import { JobExists, submitJob } from "../files/submit.ts";
import type { JobFile } from "../jobs/envelope.ts";

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
  const places = [join(layout.queue, `${id}.json`), job, claim, retry, join(layout.rejected, `${id}.json`)];
  return places.some(place => existsSync(place)) || archivedRecord(layout, id) !== undefined;
}
