import { readdirSync } from "node:fs";
import { jobTypes } from "../engines/list.ts";
import type { Portal } from "../engines/page.ts";
import { listRunning, type QueuedJob, type RunningJob } from "../files/jobs-on-disk.ts";
import type { Status } from "../jobs/states.ts";
import { isAlive, readHeartbeat } from "../worker/alive.ts";
import type { Heartbeat } from "../worker/heartbeat.ts";
import { type Queue, queueReader } from "./queue.ts";

/** The state of the world, as the files tell it. */
export interface World {
  at: number;
  /** The first of what waits; `waiting` counts all. */
  queued: QueuedJob[];
  waiting: number;
  running: RunningJob[];
  rejected: number;
  /** Jobs that ended in the last seven days. */
  ended: Record<Status, number>;
  heartbeat?: Heartbeat;
  workerLives: boolean;
}

const FRESH = 400;

/** The types that only ask; lists and counts leave them out unless they are asked for. */
export const ASKING: readonly string[] = Object.values(jobTypes)
  .filter(type => type.asks)
  .map(type => type.type);

/** Looks at the world, not oftener than a few times a second however many people look. */
export function watchWorld(portal: Pick<Portal, "layout" | "index" | "metadata">): () => World {
  let last: World | undefined;
  const queue = queueReader(portal.layout);
  return () => {
    if (!last || Date.now() - last.at > FRESH) last = look(portal, queue());
    // Whoever looks at any page keeps it known where Spark stands.
    portal.metadata.state();
    return last;
  };
}

/** The first of the last so many days, as a date in UTC; today counts. */
export function daysAgo(days: number, now = Date.now()): string {
  return new Date(now - (days - 1) * 86_400_000).toISOString().slice(0, 10);
}

function look({ layout, index }: Pick<Portal, "layout" | "index">, queue: Queue): World {
  index.refresh();
  const heartbeat = readHeartbeat(layout);
  const isListed = (type: string) => !ASKING.includes(type);
  return {
    at: Date.now(),
    queued: queue.jobs,
    waiting: queue.total,
    running: listRunning(layout).filter(({ claim }) => isListed(claim.type)),
    rejected: readdirSync(layout.rejected).filter(name => name.endsWith(".json")).length,
    ended: index.counts({ from: daysAgo(7), notTypes: ASKING }),
    ...(heartbeat && { heartbeat }),
    workerLives: heartbeat?.stopping !== true && isAlive(heartbeat),
  };
}
