import { readdirSync } from "node:fs";
import { basename } from "node:path";
import { onlyAsks } from "../engines/about.ts";
import { bySubmission, type QueuedJob, readQueued } from "../files/jobs-on-disk.ts";
import type { Layout } from "../files/layout.ts";

/** What waits in queue/: how many, and as many of them as are read by now. */
export interface Queue {
  total: number;
  jobs: QueuedJob[];
}

interface Read {
  job: QueuedJob | undefined;
  at: number;
}

const AT_ONCE = 500;
// A file that was dropped by hand may still grow; one that has lain there for a while is not read again every time.
const SETTLED = 10_000;

/**
 * Looks at queue/ again and again without reading every file each time: thousands may wait, and pages ask several times
 * a second. What only asks is left out.
 */
export function queueReader(layout: Layout): () => Queue {
  let known = new Map<string, Read>();
  return () => {
    const now = Date.now();
    const names = namesIn(layout);
    let budget = AT_ONCE;
    const next = new Map<string, Read>();
    for (const name of names) {
      const before = known.get(name);
      const isFresh = before && (isSettled(before, now) || budget <= 0);
      if (isFresh) next.set(name, before);
      else if (budget-- > 0) next.set(name, { job: readQueued(layout, name), at: now });
    }
    known = next;
    const jobs = [...next.values()].flatMap(({ job }) => (job && !onlyAsks(job.file?.type) ? [job] : []));
    const asking = [...next.values()].filter(({ job }) => !job || onlyAsks(job.file?.type)).length;
    return { total: names.length - asking, jobs: jobs.sort(bySubmission) };
  };
}

function namesIn({ queue, heartbeat }: Layout): string[] {
  const own = basename(heartbeat);
  return readdirSync(queue).filter(name => name.endsWith(".json") && !name.startsWith(".") && name !== own);
}

function isSettled({ job, at }: Read, now: number): boolean {
  return job !== undefined && job.retry === undefined && at - job.stats.mtimeMs > SETTLED && now - at < 60_000;
}
