import type { Status } from "../../core/jobs/states.ts";
import { isSetUpGoingOn, readSetUp, type SetUpPart } from "../../core/set-up.ts";
import type { Heartbeat } from "../../core/store/heartbeat.ts";
import { isHeartbeatFresh, readHeartbeat } from "../../core/store/heartbeat.ts";
import { listRunning, type QueuedJob, type RunningJob } from "../../core/store/jobs-on-disk.ts";
import { jsonNames } from "../../core/store/names.ts";
import { jobTypes } from "../../engines/list.ts";
import type { Portal } from "../../engines/portal/page.ts";
import type { Sidebar } from "../../views/sidebar.ts";
import { type QueueState, queueReader } from "./queue.ts";

/** The state of the world, as the files tell it. */
export interface PortalStatus {
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
  /** The parts of a set-up, as long as not all of them are there. */
  setUp: SetUpPart[];
}

const FRESH = 400;

/** The types that only ask; lists and counts leave them out unless they are asked for. */
export const READ_ONLY_TYPES: readonly string[] = Object.values(jobTypes)
  .filter(type => type.readOnly)
  .map(type => type.type);

/** Looks at the world, not oftener than a few times a second however many people look. */
export function watchPortalStatus(
  portal: Pick<Portal, "layout" | "index" | "metadata" | "settings">,
): () => PortalStatus {
  let last: PortalStatus | undefined;
  const queue = queueReader(portal.layout);
  return () => {
    if (!last || Date.now() - last.at > FRESH) last = readStatus(portal, queue());
    // Whoever looks at any page keeps it known where Spark stands.
    portal.metadata.state();
    return last;
  };
}

/** The first of the last so many days, as a date in UTC; today counts. */
export function daysAgo(days: number, now = Date.now()): string {
  return new Date(now - (days - 1) * 86_400_000).toISOString().slice(0, 10);
}

function readStatus(
  { layout, index, settings }: Pick<Portal, "layout" | "index" | "settings">,
  queue: QueueState,
): PortalStatus {
  index.refresh();
  const heartbeat = readHeartbeat(layout);
  const isListed = (type: string) => !READ_ONLY_TYPES.includes(type);
  return {
    at: Date.now(),
    queued: queue.jobs,
    waiting: queue.total,
    running: listRunning(layout).filter(({ claim }) => isListed(claim.type)),
    rejected: jsonNames(layout.rejected).length,
    ended: index.counts({ from: daysAgo(7), notTypes: READ_ONLY_TYPES }),
    ...(heartbeat && { heartbeat }),
    workerLives: heartbeat?.stopping !== true && isHeartbeatFresh(heartbeat),
    setUp: readSetUp(settings),
  };
}

const TITLES: Readonly<Record<string, string>> = {
  spark: "Spark",
  metastore: "Hive Metastore",
  azure: "Azure Blob",
  snowflake: "Snowflake",
  hdfs: "HDFS",
  worker: "Worker",
};

/** What a person calls a service. */
export function serviceTitle(name: string): string {
  return TITLES[name] ?? name;
}

/** How the services are, in a few words for the foot of the sidebar. */
export function overall({ heartbeat, workerLives, setUp }: PortalStatus): Sidebar["health"] {
  if (!workerLives && isSetUpGoingOn(setUp)) return { state: "running", words: "The set-up is going on" };
  if (!workerLives || !heartbeat) return { state: "unavailable", words: "No worker is running" };
  if (heartbeat.lowDisk) return { state: "unavailable", words: "The disk is nearly full" };
  const unavailable = Object.entries(heartbeat.services).filter(([, health]) => !health.ok);
  if (unavailable.length === 0) return { state: "healthy", words: "All services answer" };
  const named = unavailable.map(([name]) => serviceTitle(name)).join(", ");
  return { state: "unavailable", words: `${named} ${unavailable.length === 1 ? "does" : "do"} not answer` };
}
