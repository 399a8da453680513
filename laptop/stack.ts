import { setTimeout as sleep } from "node:timers/promises";
import { isAlive } from "../files/process-identity.ts";
import { readServices, type Services } from "../services.ts";
import type { Settings } from "../settings.ts";
import type { Purpose } from "./connect-conf.ts";
import { endProcess } from "./end-process.ts";
import { type Ensured, ensure, type ServicePlan, type StackName } from "./ensure.ts";
import { laptopFolders, makeFolders } from "./folders.ts";
import { findInstalled } from "./installed.ts";
import { locked } from "./lock.ts";
import { metastorePlan, sparkPlan, stackNames } from "./plans.ts";
import { freePort } from "./ports.ts";
import { recordService } from "./services-file.ts";

/** One line of what happened at the start of the stack. */
export interface Started {
  title: string;
  url: string;
  how: Ensured["how"];
  seconds: number;
}

/** The laptop stack as one process sees it. `stop` ends what that process started or took over, and nothing more. */
export interface Stack {
  start(onStarted: (started: Started) => void, onWait: () => void): Promise<Services>;
  /** Ends what is ours, also in the middle of a start; `grace` in milliseconds. */
  stop(grace?: number): Promise<void>;
  /** The services of ours that have ended by themselves. */
  lost(): StackName[];
}

/** The laptop stack for what the settings do not name: on the usual ports, or, for tests, on any. */
export function laptopStack(settings: Settings, purpose: Purpose = "laptop"): Stack {
  const folders = laptopFolders(settings.LAPTOP_DIR);
  const owned = new Set<StackName>();
  let starting: Promise<unknown> = Promise.resolve();
  let ended = false;
  return {
    // One start at a time on this machine, so that two of them never choose the same port.
    start: (onStarted, onWait) => {
      const started = locked(settings.CACHE_DIR, onWait, () => start(onStarted));
      starting = started;
      return started;
    },
    stop,
    lost: () =>
      [...(ended ? [] : owned)].filter(name => {
        const service = readServices(settings)[name];
        return service !== undefined && !isAlive(service);
      }),
  };

  async function start(onStarted: (started: Started) => void): Promise<Services> {
    makeFolders(folders);
    const names = stackNames(settings);
    if (names.length === 0) return readServices(settings);
    const installed = await findInstalled(settings);
    const starts: Promise<void>[] = [];
    let metastore = settings.HIVE_METASTORE_URI;
    if (!metastore) {
      const plan = metastorePlan(settings, installed);
      const found = await take(plan);
      metastore = plan.describe(found.port).url;
      starts.push(run(found, plan));
    }
    const plan = sparkPlan(settings, installed, metastore, await freePort(purpose === "tests" ? 0 : 4040), purpose);
    starts.push(run(await take(plan), plan));
    await finishAll(starts);
    return readServices(settings);

    async function run(found: Ensured, plan: ServicePlan): Promise<void> {
      const began = Date.now();
      await found.start();
      const seconds = (Date.now() - began) / 1000;
      onStarted({ title: plan.title, url: plan.describe(found.port).url, how: found.how, seconds });
    }
  }

  async function take<N extends StackName>(plan: ServicePlan<N>): Promise<Ensured> {
    if (ended) throw new Error("The start of the laptop stack was stopped.");
    const found = await ensure(settings, purpose === "tests" ? { ...plan, usualPort: 0 } : plan);
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
    const services = readServices(settings);
    const ours = [...owned].filter(name => services[name]?.owner.pid === process.pid);
    await Promise.all(ours.map(name => services[name] && endProcess(services[name], grace)));
    for (const name of ours) recordService(settings, name, undefined);
  }
}

// All of them, so that none is still on its way when the first failure is told.
async function finishAll(starts: Promise<void>[]): Promise<void> {
  for (const result of await Promise.allSettled(starts)) if (result.status === "rejected") throw result.reason;
}
