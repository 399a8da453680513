import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { endProcess } from "../files/end-process.ts";
import { layoutOf, prepareLayout } from "../files/layout.ts";
import { identityOf, isAlive } from "../files/process-identity.ts";
import { readProperties } from "../files/properties.ts";
import { findInstalled } from "../installed.ts";
import { launchHash, readServices, recordService, type Services } from "../services.ts";
import { type Settings, settingsShape } from "../settings.ts";
import { startConnectServer } from "../spark/server.ts";
import { SERVER_CONF } from "../spark/server-conf.ts";
import { openSession } from "../spark/session.ts";
import { TIMING } from "./context.ts";
import { takeLock } from "./lock.ts";
import type { Log } from "./print.ts";

/**
 * Where SPARK_MASTER is set, starts the worker's own Connect server, or takes over the one that a worker before it has
 * left; services.json tells engines where it is. What it gives back, called last, ends the server if Ctrl-C ended the
 * worker. After TERM the server stays, as engines do, for the next worker.
 */
export async function ownSpark(settings: Settings, log: Log): Promise<() => Promise<void>> {
  const { SPARK_MASTER: master } = settings;
  if (!master || settings.SPARK_REMOTE) return async () => {};
  await takeTurn(settings, log);
  let ready = false;
  let interrupted = false;
  process.on("SIGINT", () => {
    interrupted = true;
    if (!ready) void endOwn(settings).then(() => process.exit(130));
  });
  const conf = connectConf(settings);
  const installed = await findInstalled(settings);
  const launch = launchHash(master, conf, installed);
  if (await takenOver(settings, launch)) log.info("Spark was left running: taken over");
  else {
    const logFile = join(settings.LAPTOP_DIR, "logs", "spark.log");
    mkdirSync(join(settings.LAPTOP_DIR, "logs"), { recursive: true, mode: 0o700 });
    log.info(`starting Spark on ${master}; its log: ${logFile}`);
    const onStart = (pid: number, url: string) => {
      const identity = identityOf(pid);
      const record = { url, version: installed.sparkVersion, owner: self(), launch };
      if (identity) recordService(settings, "spark", { ...record, ...identity });
    };
    await startConnectServer({ ...installed, master, conf, logFile, env: environment(), onStart });
    log.info(`Spark ${installed.sparkVersion} is ready`);
  }
  ready = true;
  return async () => {
    if (interrupted) await endOwn(settings);
  };
}

// One worker at a time in a DATA_DIR has a Spark; who stands by starts none.
async function takeTurn(settings: Settings, log: Log): Promise<void> {
  const layout = layoutOf(settings.DATA_DIR);
  prepareLayout(layout);
  const lock = join(layout.queue, ".worker-spark.lock");
  await takeLock({ ...layout, lock }, log, TIMING.standBy, new AbortController().signal);
}

// The user's own lines come last.
function connectConf({ HIVE_METASTORE_URI: metastore, SPARK_CONF_FILE: file }: Settings): Record<string, string> {
  return {
    ...SERVER_CONF,
    ...(metastore && { "spark.hadoop.hive.metastore.uris": metastore }),
    ...(file && readProperties(file)),
  };
}

async function takenOver(settings: Settings, launch: string): Promise<boolean> {
  const recorded = readServices(settings).spark;
  if (!recorded || !isAlive(recorded)) return false;
  if (isAlive(recorded.owner)) return await answers(recorded);
  if (recorded.launch === launch && (await answers(recorded))) {
    recordService(settings, "spark", { ...recorded, owner: self() });
    return true;
  }
  await endProcess(recorded);
  return false;
}

async function answers({ url }: NonNullable<Services["spark"]>): Promise<boolean> {
  try {
    const session = await openSession(url, { readyMilliseconds: 60_000 });
    await session.release();
    session.close();
    return true;
  } catch {
    return false;
  }
}

async function endOwn(settings: Settings): Promise<void> {
  const recorded = readServices(settings).spark;
  if (recorded?.owner.pid !== process.pid) return;
  await endProcess(recorded);
  recordService(settings, "spark", undefined);
}

// All that Hadoop and Kerberos may want, and none of the portal's own settings, some of which are secrets.
function environment(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !(name in settingsShape.shape)));
}

function self() {
  const identity = identityOf(process.pid);
  if (!identity) throw new Error("This process cannot see itself in the process table.");
  return identity;
}
