import type { JobType } from "../engines/engine.ts";
import type { JobFile } from "../jobs/envelope.ts";
import type { Origin } from "../jobs/job.ts";
import type { Retry } from "../jobs/running.ts";

/** A file in queue/ that was found good, and what is needed to decide when its turn is. */
export interface Candidate {
  /** Its name in queue/. */
  name: string;
  /** Changes whenever the file does, so that a scan reads each file once. */
  key: string;
  sha256: string;
  file: JobFile;
  type: JobType;
  /** Its id, where it has one already: from the portal, the command, or an earlier attempt. */
  id?: string;
  retry?: Retry;
  origin: Origin;
  trusted: boolean;
  targets: readonly string[];
  priority: number;
  notBefore: number;
}

/** What tells one version of a file from the next without reading it. */
export function keyOf(stats: { ino: number; size: number; mtimeMs: number }): string {
  return `${stats.ino} ${stats.size} ${stats.mtimeMs}`;
}
