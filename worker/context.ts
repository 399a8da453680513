import { hostname } from "node:os";
import type { Arrivals, JobType } from "../engines/engine.ts";
import { freeBytes } from "../files/free-bytes.ts";
import type { Layout } from "../files/layout.ts";
import type { JobRecord } from "../jobs/record.ts";
import { PROJECT, type Settings, settingsEnvironment } from "../settings.ts";
import { type Chain, openChain } from "./chain.ts";
import type { Health } from "./health.ts";
import { type Log, silent } from "./print.ts";
import { noSessions, type Sessions } from "./sessions.ts";

/** Every pause and patience of the worker, in milliseconds. */
export const TIMING = {
  /** A scan at least this often, whatever the watcher says. */
  scanEvery: 3_000,
  /** A wake-up waits this long for others to join it. */
  wakeAfter: 10,
  /** A broken file that has not changed for so long is rejected. */
  stillFor: 5_000,
  /** A temporary file this old belongs to nobody any more. */
  temporaryAge: 60_000,
  /** Between TERM and KILL. */
  grace: 5_000,
  /** The same, for a stream that a person stops: a batch ends, and what it has brought is counted. */
  orderly: 180_000,
  /** Between two looks at an engine that another worker started. */
  poll: 200,
  backoffBase: 5_000,
  backoffCap: 300_000,
  heartbeatEvery: 2_000,
  /** How long an unreachable Spark is waited for, to be sure that an old write is gone. */
  patience: 60_000,
  /** The same, before another attempt. */
  retryPatience: 900_000,
  standBy: 2_000,
  /** How long what has arrived waits for what is still arriving beside it. */
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
  spare?: boolean;
  environment?: Record<string, string>;
  sessions?: Sessions;
  audit?: (layout: Layout, record: JobRecord) => void;
  /** How the services answer that jobs need. */
  health?: () => Promise<Record<string, Health>>;
  freeBytes?: (folder: string) => number;
  log?: Log;
  timing?: Partial<Timing>;
}

/** A worker's options, complete, and the chain of its archive. */
export interface Context extends Required<Omit<WorkerOptions, "timing">> {
  timing: Timing;
  host: string;
  chain: Chain;
}

/** Fills in what was not given. */
export function contextOf(options: WorkerOptions): Context {
  return {
    arrivals: [],
    // Room for what it loads, so that the collector does not run ten times before the engine does.
    engineCommand: [process.execPath, "--min-semi-space-size=16", "engines/run.ts"],
    spare: false,
    environment: settingsEnvironment(),
    sessions: noSessions,
    audit: () => {},
    health: async () => ({}),
    freeBytes,
    log: silent,
    ...options,
    timing: { ...TIMING, ...options.timing },
    host: hostname(),
    chain: openChain(options.layout),
  };
}

/** Where engines run. */
export const ENGINE_FOLDER = PROJECT;
