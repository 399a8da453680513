import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { secretPlaceholders } from "../../connectors/iceberg/catalogs.ts";
import { connectToken, startConnectServer, TOKEN_KEY } from "../../connectors/spark/server/server.ts";
import { SERVER_CONF } from "../../connectors/spark/server/server-conf.ts";
import { openSession } from "../../connectors/spark/session.ts";
import { type Endpoints, launchHash, readEndpoints, recordEndpoint } from "../../core/endpoints.ts";
import { findInstalled } from "../../core/installed.ts";
import { SETTING_NAMES, type Settings, SettingsError } from "../../core/settings.ts";
import type { Log } from "../../core/system/console-log.ts";
import { endProcess } from "../../core/system/end-process.ts";
import { identityOf, isAlive } from "../../core/system/process-identity.ts";
import { readProperties } from "../../core/system/wildcard.ts";

/** The Spark of a worker's own. `leave` lets it run for the next worker, as engines do; `requeue` ends it. */
export interface OwnSpark {
  stop(how: "leave" | "requeue"): Promise<void>;
}

/**
 * Where SPARK_MASTER is set, starts a Connect server, or takes over the one that a worker before has left; services.json
 * tells engines where it is. Undefined where SPARK_REMOTE names a server, or nothing asks for one.
 */
export async function startOwnSpark(settings: Settings, log: Log): Promise<OwnSpark | undefined> {
  const { SPARK_MASTER: master } = settings;
  if (!master || settings.SPARK_REMOTE) return undefined;
  const conf = connectConf(settings);
  const installed = await findInstalled(settings);
  const launch = launchHash(master, conf, installed);
  if (await isTakenOver(settings, launch)) log.info("Spark was left running: taken over");
  else {
    const logs = join(settings.LAPTOP_DIR, "logs");
    mkdirSync(logs, { recursive: true, mode: 0o700 });
    const logFile = join(logs, "spark.log");
    log.info(`starting Spark on ${master}; its log: ${logFile}`);
    const onStart = (pid: number, url: string) => {
      const identity = identityOf(pid);
      const record = { url, version: installed.sparkVersion, owner: self(), launch };
      if (identity) recordEndpoint(settings, "spark", { ...record, ...identity });
    };
    const guarded = { [TOKEN_KEY]: connectToken(), ...conf };
    await startConnectServer({ ...installed, master, conf: guarded, logFile, env: environment(), onStart });
    log.info(`Spark ${installed.sparkVersion} is ready`);
  }
  return { stop: async how => (how === "requeue" ? endOurs(settings) : undefined) };
}

// The user's own lines come last.
function connectConf({ HIVE_METASTORE_URI: metastore, SPARK_CONF_FILE: file }: Settings): Record<string, string> {
  try {
    return {
      ...SERVER_CONF,
      ...secretPlaceholders(),
      ...(metastore && { "spark.hadoop.hive.metastore.uris": metastore }),
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
function environment(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !SETTING_NAMES.includes(name)));
}

function self() {
  const identity = identityOf(process.pid);
  if (!identity) throw new Error("This process cannot see itself in the process table.");
  return identity;
}
