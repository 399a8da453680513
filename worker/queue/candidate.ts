import type { JobFile } from "../../core/jobs/envelope.ts";
import type { Origin } from "../../core/jobs/job.ts";
import type { Retry } from "../../core/jobs/running.ts";
import type { JobType } from "../../engines/engine.ts";

/** A valid job file in queue/, and what is needed to decide when it starts. */
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
export function queueKey(stats: { ino: number; size: number; mtimeMs: number }): string {
  return `${stats.ino} ${stats.size} ${stats.mtimeMs}`;
}
