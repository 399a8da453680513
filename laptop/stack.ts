import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type Endpoints, readEndpoints, recordEndpoint } from "../core/endpoints.ts";
import { findInstalled } from "../core/installed.ts";
import type { Settings } from "../core/settings.ts";
import { endProcess } from "../core/system/end-process.ts";
import { locked } from "../core/system/lock.ts";
import { isAlive } from "../core/system/process-identity.ts";
import { type Ensured, ensure, type ServicePlan, type StackName } from "./ensure.ts";
import { laptopFolders, makeFolders } from "./folders.ts";
import { metastorePlan, sparkPlan, stackNames } from "./plans.ts";
import { freePort } from "./ports.ts";
import { azuritePlan } from "./servers/azurite.ts";
import type { Purpose } from "./servers/connect-conf.ts";
import { hdfsPlan, wantsHdfs } from "./servers/hdfs.ts";
import { kafkaPlan } from "./servers/kafka.ts";
import { standInPlan } from "./servers/stand-in.ts";
import { reported } from "./set-up-report.ts";

/** One line of what happened at the start of the stack. */
export interface Started {
  title: string;
  url: string;
  how: Ensured["how"];
  seconds: number;
}

/** The laptop stack as one process sees it. `stop` ends what that process started or took over, and nothing more. */
export interface Stack {
  start(onStarted: (started: Started) => void, onWait: () => void): Promise<Endpoints>;
  /** Starts what nobody has to wait for, after the rest: HDFS, where it is wanted. Says whether it did. */
  startLater(onStarted: (started: Started) => void): Promise<boolean>;
  /** Starts Kafka, or takes over what an earlier stack has left of it. */
  startKafka(onStarted: (started: Started) => void): Promise<void>;
  /** Ends what is ours, also in the middle of a start; `grace` in milliseconds. */
  stop(grace?: number): Promise<void>;
  /** The services of ours that have ended by themselves. */
  lost(): StackName[];
}

/** The laptop stack for what the settings do not name: on the usual ports, or, for tests, on any. */
export function laptopStack(settings: Settings, purpose: Purpose = "laptop"): Stack {
  const folders = laptopFolders(settings.LAPTOP_DIR);
  const lock = join(settings.CACHE_DIR, ".lock");
  const owned = new Set<StackName>();
  let starting: Promise<unknown> = Promise.resolve();
  let ended = false;
  return {
    // One start at a time on this machine, so that two of them never choose the same port.
    start: (onStarted, onWait) => {
      const started = locked(lock, () => start(onStarted), { every: 200, onWait });
      starting = started;
      return started;
    },
    startLater: onStarted =>
      later(() => startHdfs(onStarted)).catch(error => {
        // What was ended on its way has not failed.
        if (ended) return false;
        throw error;
      }),
    startKafka: onStarted => later(() => startKafka(onStarted)),
    stop,
    lost: () =>
      [...(ended ? [] : owned)].filter(name => {
        const service = readEndpoints(settings)[name];
        return service !== undefined && !isAlive(service);
      }),
  };

  function later<T>(start: () => Promise<T>): Promise<T> {
    const started = locked(lock, start, { every: 200 });
    starting = Promise.allSettled([starting, started]);
    return started;
  }

  async function start(onStarted: (started: Started) => void): Promise<Endpoints> {
    makeFolders(folders);
    const starts: Promise<void>[] = [];
    const begun = beginAll();
    await begun.catch(() => {});
    await finishAll([begun, ...starts]);
    return readEndpoints(settings);

    // Each is told where the others will listen, and none waits for another.
    async function beginAll(): Promise<void> {
      const wanted = new Set(stackNames(settings));
      if (wanted.has("spark")) {
        const installed = await findInstalled(settings);
        const metastore = settings.HIVE_METASTORE_URI ?? (await begin(metastorePlan(settings, installed))).url;
        const uiPort = await freePort(purpose === "tests" ? 0 : 4040);
        await begin(sparkPlan(settings, installed, metastore, uiPort, purpose));
      }
      const azure = wanted.has("azure") ? await begin(await azuritePlan(settings)) : undefined;
      if (wanted.has("snowflake")) await begin(standInPlan(settings, azure));
    }

    async function begin<N extends StackName>(plan: ServicePlan<N>) {
      const found = await take(plan);
      starts.push(finish(found, plan, onStarted));
      // One that runs already is as it was recorded: another start has chosen its secrets.
      const recorded = found.how === "started" ? undefined : readEndpoints(settings)[plan.name];
      return (recorded ?? plan.describe(found.port)) as ReturnType<typeof plan.describe>;
    }
  }

  async function startHdfs(onStarted: (started: Started) => void): Promise<boolean> {
    if (ended || !wantsHdfs(settings)) return false;
    makeFolders(folders);
    const plan = hdfsPlan(settings, await findInstalled(settings), await freePort(purpose === "tests" ? 0 : 8020));
    await finish(await take(plan), plan, onStarted);
    return true;
  }

  async function startKafka(onStarted: (started: Started) => void): Promise<void> {
    makeFolders(folders);
    const plan = await kafkaPlan(settings, purpose === "tests" ? 0 : 9092);
    await finish(await take(plan, plan.usualPort), plan, onStarted);
  }

  async function finish(found: Ensured, plan: ServicePlan, onStarted: (started: Started) => void): Promise<void> {
    const began = Date.now();
    await reported(plan.name, found.start());
    const seconds = (Date.now() - began) / 1000;
    onStarted({ title: plan.title, url: plan.describe(found.port).url, how: found.how, seconds });
  }

  async function take<N extends StackName>(
    plan: ServicePlan<N>,
    usualPort = purpose === "tests" ? 0 : plan.usualPort,
  ): Promise<Ensured> {
    if (ended) throw new Error("The start of the laptop stack was stopped.");
    const found = await ensure(settings, { ...plan, usualPort });
    if (found.how !== "used") owned.add(plan.name);
    return found;
  }

  async function stop(grace?: number): Promise<void> {
    ended = true;
    let settled = false;
    void starting
      .catch(() => {})
      .then(() => {
        settled = true;
      });
    // A start that is still going on may bring up one more.
    do await endOurs(grace);
    while (await sleep(settled ? 0 : 100, !settled));
    await endOurs(grace);
  }

  async function endOurs(grace?: number): Promise<void> {
    const services = readEndpoints(settings);
    const ours = [...owned].filter(name => services[name]?.owner.pid === process.pid);
    await Promise.all(ours.map(name => services[name] && endProcess(services[name], grace)));
    for (const name of ours) recordEndpoint(settings, name, undefined);
  }
}

// All of them, so that none is still on its way when the first failure is told.
async function finishAll(starts: Promise<void>[]): Promise<void> {
  for (const result of await Promise.allSettled(starts)) if (result.status === "rejected") throw result.reason;
}

/** Keeps an eye on the stack, and says once when a service of it has ended by itself. */
export function watchStack(stack: Stack, laptopDir: string): NodeJS.Timeout {
  const reported = new Set<StackName>();
  return setInterval(() => {
    const lost = stack.lost();
    for (const name of reported) if (!lost.includes(name)) reported.delete(name);
    for (const name of lost) {
      if (reported.has(name)) continue;
      reported.add(name);
      const log = join(laptopFolders(laptopDir).logs, `${name}.log`);
      const then = name === "kafka" ? "It is started again when it is wanted." : "Press Ctrl-C and start again.";
      console.error(`The laptop's ${name} has ended by itself: see the end of ${log}. ${then}`);
    }
  }, 2000);
}
