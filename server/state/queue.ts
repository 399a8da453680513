import { readdirSync } from "node:fs";
import { isId } from "../../core/jobs/id.ts";
import { bySubmission, type QueuedJob, readQueued } from "../../core/store/jobs-on-disk.ts";
import { isQueuedName, type Layout } from "../../core/store/layout.ts";
import { jsonNames, stemOf } from "../../core/store/names.ts";
import { isReadOnly } from "../../engines/runner/about.ts";

/** What waits in queue/: how many, and as many of them as are read by now. */
export interface QueueState {
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
export function queueReader(layout: Layout): () => QueueState {
  let known = new Map<string, Read>();
  return () => {
    const now = Date.now();
    const names = readdirSync(layout.queue).filter(name => isQueuedName(layout, name));
    let budget = AT_ONCE;
    const next = new Map<string, Read>();
    for (const name of names) {
      const before = known.get(name);
      const isFresh = before && (isSettled(before, now) || budget <= 0);
      if (isFresh) next.set(name, before);
      else if (budget-- > 0) next.set(name, { job: readQueued(layout, name), at: now });
    }
    known = next;
    const jobs = [...next.values()].flatMap(({ job }) => (job && !isReadOnly(job.file?.type) ? [job] : []));
    const asking = [...next.values()].filter(({ job }) => !job || isReadOnly(job.file?.type)).length;
    return { total: names.length - asking, jobs: jobs.sort(bySubmission) };
  };
}

function isSettled({ job, at }: Read, now: number): boolean {
  return job !== undefined && job.retry === undefined && at - job.stats.mtimeMs > SETTLED && now - at < 60_000;
}

/** A job that waits or runs. */
export interface UnderWay {
  id: string;
  state: "queued" | "running";
}

/** The newest job of a type that waits or runs, by the names of the files alone: no more work than an `ls`. */
export function requestsUnderWay(
  { queue, running }: Pick<Layout, "queue" | "running">,
  type: string,
): UnderWay | undefined {
  return newest(running, type, "running") ?? newest(queue, type, "queued");
}

function newest(folder: string, type: string, state: UnderWay["state"]): UnderWay | undefined {
  const names = jsonNames(folder).filter(name => name.includes(`Z-${type}-`));
  const id = names.map(stemOf).filter(isId).sort().at(-1);
  return id === undefined ? undefined : { id, state };
}
