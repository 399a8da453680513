import { hostname } from "node:os";
import type { JobRecord } from "../core/jobs/record.ts";
import { isForPortalOnly, PROJECT, type Settings, settingsEnvironment } from "../core/settings.ts";
import type { Health, Heartbeat } from "../core/store/heartbeat.ts";
import type { Layout } from "../core/store/layout.ts";
import { freeBytes } from "../core/store/layout.ts";
import { type Log, silent } from "../core/system/console-log.ts";
import type { Arrivals, JobType } from "../engines/engine.ts";
import { noSessions, type SparkSessions } from "./engine/spark-sessions.ts";
import { openRecordChain, type RecordChain } from "./finish/record-chain.ts";
import { type NotificationParts, type Notifications, noNotifications } from "./notifications/notifications.ts";

/** The intervals and time limits of the worker, in milliseconds. */
export const TIMING = {
  /** A scan at least this often, whatever the watcher says. */
  scanEvery: 3_000,
  /** Wake-ups within this time lead to one scan. */
  wakeAfter: 10,
  /** A broken file that has not changed for so long is rejected. */
  stillFor: 5_000,
  /** A temporary file this old belongs to nobody any more. */
  temporaryAge: 60_000,
  /** Between TERM and KILL. */
  grace: 5_000,
  /** The same for a stream that a person stops: it finishes its batch and counts what it has stored. */
  orderly: 180_000,
  /** Between two looks at an engine that another worker started. */
  poll: 200,
  backoffBase: 5_000,
  backoffCap: 300_000,
  heartbeatEvery: 2_000,
  /** How long to wait for an unreachable Spark, which may still carry out a write of an engine that has ended. */
  patience: 60_000,
  /** The same, before another attempt. */
  retryPatience: 900_000,
  standBy: 2_000,
  /** How long another host has to be silent before its folder is taken over: NFS may show a file of a minute ago. */
  silence: 90_000,
  /** How long complete files in a watched folder wait for files there that still grow. */
  arriveTogether: 30_000,
};

export type Timing = typeof TIMING;

/** What a worker is made of; all but the first three have a default. */
export interface WorkerOptions {
  layout: Layout;
  settings: Settings;
  types: Readonly<Record<string, JobType>>;
  /** The types that make jobs of what arrives in folders. */
  arrivals?: readonly Arrivals[];
  /** The program and first arguments of an engine; `--claim <file>` is added. */
  engineCommand?: readonly string[];
  /** Whether an engine waits for the next job, with its programs loaded: `--await` is the command's argument then. */
  warmEngine?: boolean;
  environment?: Record<string, string>;
  sessions?: SparkSessions;
  audit?: (layout: Layout, record: JobRecord) => void;
  /** Makes what tells people and programs of jobs; nobody is told by default. */
  notify?: (parts: NotificationParts) => Notifications;
  /** How the services answer that jobs need. */
  health?: () => Promise<Record<string, Health>>;
  freeBytes?: (folder: string) => number;
  /** Called once where a worker on another host has taken the folder over; by then no engine of this worker lives. */
  onReplaced?: (by: Heartbeat) => void;
  log?: Log;
  timing?: Partial<Timing>;
}

/** A worker's options, complete, and the chain of its archive. */
export interface Context extends Required<Omit<WorkerOptions, "timing" | "notify">> {
  notifications: Notifications;
  timing: Timing;
  host: string;
  chain: RecordChain;
}

/** Fills in what was not given. */
export function contextOf({ notify = () => noNotifications, ...options }: WorkerOptions): Context {
  const { layout, settings, log = silent } = options;
  return {
    arrivals: [],
    // Room for what it loads, so that the collector does not run ten times before the engine does.
    engineCommand: [process.execPath, "--min-semi-space-size=16", "engines/run.ts"],
    warmEngine: false,
    environment: withoutPortalSecrets(settingsEnvironment()),
    sessions: noSessions,
    audit: () => {},
    health: async () => ({}),
    freeBytes,
    onReplaced: () => {},
    log: silent,
    ...options,
    timing: { ...TIMING, ...options.timing },
    host: hostname(),
    notifications: notify({ layout, settings, log }),
    chain: openRecordChain(options.layout, options.settings.AUDIT_KEY),
  };
}

function withoutPortalSecrets(environment: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !isForPortalOnly(name)));
}

/** Where engines run. */
export const ENGINE_FOLDER = PROJECT;
