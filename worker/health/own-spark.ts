import { mkdirSync, statSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { secretPlaceholders } from "../../connectors/iceberg/catalogs.ts";
import { kerberosConf } from "../../connectors/kerberos/spark-conf.ts";
import { parseRemote } from "../../connectors/spark/remote.ts";
import { connectToken, startConnectServer, TOKEN_KEY } from "../../connectors/spark/server/server.ts";
import { SERVER_CONF } from "../../connectors/spark/server/server-conf.ts";
import type { QueuedApplication } from "../../connectors/spark/server/server-log.ts";
import { openSession } from "../../connectors/spark/session.ts";
import { type Endpoints, launchHash, readEndpoints, recordEndpoint } from "../../core/endpoints.ts";
import { findInstalled, type Installed } from "../../core/installed.ts";
import { SETTING_NAMES, type Settings, SettingsError } from "../../core/settings.ts";
import type { Log } from "../../core/system/console-log.ts";
import { endProcess } from "../../core/system/end-process.ts";
import { identityOf, isAlive } from "../../core/system/process-identity.ts";
import { readProperties } from "../../core/system/wildcard.ts";
import { keepRunning, WATCH_TIMING, type WatchTiming } from "./keep-running.ts";

/** The Spark of a worker's own. `leave` lets it run for the next worker, as engines do; `requeue` ends it. */
export interface OwnSpark {
  stop(how: "leave" | "requeue"): Promise<void>;
}

/** How a worker starts its Spark: `stopping` gives up a start, `timing` is for tests. */
export interface OwnSparkOptions {
  stopping?: AbortSignal;
  timing?: WatchTiming;
}

/** What a start needs to know, and a hash of it by which the Spark of an earlier worker is taken over or not. */
interface Plan {
  master: string;
  conf: Record<string, string>;
  installed: Installed;
  environment: NodeJS.ProcessEnv;
  hash: string;
  logFile: string;
}

/**
 * Where SPARK_MASTER is set, starts a Connect server, or takes over the one that a worker before has left; services.json
 * tells engines where it is. It is started again whenever it is gone. Undefined where SPARK_REMOTE names a server, where
 * nothing asks for one, or where the start was given up.
 */
export async function startOwnSpark(
  settings: Settings,
  log: Log,
  { stopping, timing = WATCH_TIMING }: OwnSparkOptions = {},
): Promise<OwnSpark | undefined> {
  const { SPARK_MASTER: master } = settings;
  if (!master || settings.SPARK_REMOTE) return undefined;
  const plan = await planOf(settings, master);
  const over = new AbortController();
  const signal = stopping ? AbortSignal.any([stopping, over.signal]) : over.signal;
  const start = (before?: Endpoints["spark"]) => begin(settings, plan, log, signal, before);
  try {
    if (await isTakenOver(settings, plan.hash)) log.info("Spark was left running: taken over");
    else await start();
  } catch (error) {
    if (stopping?.aborted) return undefined;
    throw error;
  }
  const ended = keepRunning({ settings, log, logFile: plan.logFile, signal, timing, start });
  return {
    async stop(how) {
      over.abort();
      await ended;
      if (how === "requeue") await endOurs(settings);
    },
  };
}

async function planOf(settings: Settings, master: string): Promise<Plan> {
  const conf = connectConf(settings);
  const installed = await findInstalled(settings);
  const environment = environmentOf(settings);
  const logs = join(settings.LAPTOP_DIR, "logs");
  mkdirSync(logs, { recursive: true, mode: 0o700 });
  const hash = launchHash(master, conf, installed, environment.HADOOP_CONF_DIR);
  return { master, conf, installed, environment, hash, logFile: join(logs, "spark.log") };
}

// Starts again where the one before listened, if the port is free: who looks for it there finds it.
async function begin(settings: Settings, plan: Plan, log: Log, signal: AbortSignal, before?: Endpoints["spark"]) {
  const { master, conf, installed, logFile, hash: launch } = plan;
  log.info(`starting Spark on ${master}; its log: ${logFile}`);
  const place = before && parseRemote(before.url);
  const port = place && (await freedPort(place.port));
  await startConnectServer({
    ...{ ...installed, master, logFile, env: plan.environment, signal },
    ...(port !== undefined && { port }),
    conf: { [TOKEN_KEY]: place?.token ?? connectToken(), ...conf },
    readyMilliseconds: settings.SPARK_START_SECONDS * 1000,
    onQueued: queueTeller(log),
    onStart: (pid, url) => {
      const identity = identityOf(pid);
      const record = { url, version: installed.sparkVersion, owner: self(), launch };
      if (identity) recordEndpoint(settings, "spark", { ...record, ...identity });
    },
  });
  log.info(`Spark ${installed.sparkVersion} is ready`);
}

// At once, and then every minute.
function queueTeller(log: Log): (application: QueuedApplication) => void {
  const began = Date.now();
  let said = 0;
  return ({ id, queue, why }) => {
    if (Date.now() - said < 60_000) return;
    said = Date.now();
    const where = queue ? `the queue "${queue}"` : "a queue";
    const seconds = Math.round((said - began) / 1000);
    log.info(`${id} waits in ${where} of YARN (ACCEPTED) since ${seconds} s${why ? `: ${why}` : ""}`);
  };
}

// The user's own lines come last.
function connectConf(settings: Settings): Record<string, string> {
  const { HIVE_METASTORE_URI: metastore, SPARK_CONF_FILE: file } = settings;
  try {
    return {
      ...SERVER_CONF,
      ...secretPlaceholders(),
      ...(metastore && { "spark.hadoop.hive.metastore.uris": metastore }),
      ...kerberosConf(settings),
      ...(file && readProperties(file)),
    };
  } catch (error) {
    throw new SettingsError(`SPARK_CONF_FILE=${file} can't be read: ${(error as Error).message}`);
  }
}

async function isTakenOver(settings: Settings, launch: string): Promise<boolean> {
  const recorded = readEndpoints(settings).spark;
  if (!recorded || !isAlive(recorded)) return false;
  const left = !isAlive(recorded.owner) || recorded.owner.pid === process.pid;
  const answering = (!left || recorded.launch === launch) && (await answers(recorded));
  if (!left && !answering)
    throw new Error(
      `The Spark at ${recorded.url.replace(/\/;.*/, "")} does not answer, and process ${recorded.owner.pid}, which started it, still runs: end that one, then start again.`,
    );
  if (!answering) await endProcess(recorded);
  else if (left) recordEndpoint(settings, "spark", { ...recorded, owner: self() });
  return answering;
}

// One that a killed worker had only just started may still be on its way.
async function answers({ url }: NonNullable<Endpoints["spark"]>): Promise<boolean> {
  try {
    const session = await openSession(url, { readyMilliseconds: 60_000 });
    await session.release();
    session.close();
    return true;
  } catch {
    return false;
  }
}

async function endOurs(settings: Settings): Promise<void> {
  const recorded = readEndpoints(settings).spark;
  if (recorded?.owner.pid !== process.pid) return;
  await endProcess(recorded);
  recordEndpoint(settings, "spark", undefined);
}

// All that Hadoop and Kerberos may want, and none of the portal's own settings, some of which are secrets.
function environmentOf({ HADOOP_CONF_DIR: folder }: Settings): NodeJS.ProcessEnv {
  if (folder && !statSync(folder, { throwIfNoEntry: false })?.isDirectory())
    throw new SettingsError(`HADOOP_CONF_DIR=${folder} is no folder. Correct this line in .env.`);
  const others = Object.entries(process.env).filter(([name]) => !SETTING_NAMES.includes(name));
  return { ...Object.fromEntries(others), ...(folder && { HADOOP_CONF_DIR: folder }) };
}

function self() {
  const identity = identityOf(process.pid);
  if (!identity) throw new Error("This process cannot see itself in the process table.");
  return identity;
}

/** A port of this machine once nobody listens there; undefined where somebody does for long. */
async function freedPort(port: number, milliseconds = 5_000): Promise<number | undefined> {
  // A process that was killed counts as dead before the last of its threads has let go of its ports.
  for (const until = Date.now() + milliseconds; ; await pause(50)) {
    if (await isFree(port)) return port;
    if (Date.now() > until) return undefined;
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise(resolve => {
    const probe = createServer();
    probe.once("error", () => resolve(false));
    probe.listen(port, "127.0.0.1", () => probe.close(() => resolve(true)));
  });
}
