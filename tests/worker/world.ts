import { mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { newId } from "../../core/jobs/id.ts";
import type { JobRecord } from "../../core/jobs/record.ts";
import type { Claim } from "../../core/jobs/running.ts";
import { readSettings, type Settings } from "../../core/settings.ts";
import { livingEngine } from "../../core/store/engine-mark.ts";
import { type Layout, layoutOf, prepareLayout, runningFiles } from "../../core/store/layout.ts";
import { submitJob } from "../../core/store/submit.ts";
import { readJson } from "../../core/system/json.ts";
import type { Timing } from "../../worker/context.ts";
import { type StartOptions, startWorker, type Worker } from "../../worker/worker.ts";
import { testTypes } from "./job-types.ts";

/** Pauses of a worker in a test: everything soon. */
export const QUICK: Partial<Timing> = {
  scanEvery: 150,
  stillFor: 250,
  temporaryAge: 1_000,
  grace: 1_000,
  poll: 20,
  backoffBase: 40,
  backoffCap: 200,
  heartbeatEvery: 100,
  standBy: 50,
  silence: 500,
  patience: 300,
  retryPatience: 300,
};

/** The engine of the tests. */
export const ENGINE = [process.execPath, join(import.meta.dirname, "engine.ts")];

/** A data folder of its own for one test, and what a test does with it. */
export interface World {
  layout: Layout;
  settings: Settings;
  start(options?: Partial<StartOptions>): Worker;
  /** Submits as portal and command do; the id. */
  submit(type: string, parameters?: object, envelope?: object): string;
  /** Drops a file by hand, by rename as a good tool does. */
  drop(name: string, content: string | object): void;
  records(): JobRecord[];
  record(id: string): JobRecord | undefined;
  queued(): string[];
  running(): string[];
}

/** A new world; when the test ends so do its workers and engines, and the folder is removed. */
export function makeWorld(t: TestContext, environment: Record<string, string> = {}, base = tmpdir()): World {
  const root = mkdtempSync(join(base, "worker-"));
  const layout = layoutOf(root);
  prepareLayout(layout);
  const settings = readSettings({ MIN_FREE_MB: "1", ...environment, DATA_DIR: root }, "/nowhere/.env");
  const workers: Worker[] = [];
  t.after(async () => {
    for (const worker of workers) await worker.stop("leave");
    await endEngines(layout);
    rmSync(root, { recursive: true, force: true });
  });
  return {
    layout,
    settings,
    start(options = {}) {
      const timing = { ...QUICK, ...options.timing };
      const worker = startWorker({ layout, settings, types: testTypes, engineCommand: ENGINE, ...options, timing });
      workers.push(worker);
      return worker;
    },
    submit(type, parameters = {}, envelope = {}) {
      const id = newId(type, nextMillisecond());
      submitJob(layout, id, { type, parameters: { ...parameters }, via: "command", submittedBy: "anna", ...envelope });
      return id;
    },
    drop(name, content) {
      const temporary = join(layout.queue, `.${process.hrtime.bigint()}.part`);
      writeFileSync(temporary, typeof content === "string" ? content : JSON.stringify(content));
      renameSync(temporary, join(layout.queue, name));
    },
    records: () => recordsOf(layout),
    record: id => recordsOf(layout).find(record => record.id === id),
    queued: () => readdirSync(layout.queue).filter(name => name.endsWith(".json") && name !== "worker.json"),
    running: () => readdirSync(layout.running),
  };
}

/** Waits until something is true, as long as the test runner has patience. */
export async function until(isTrue: () => boolean): Promise<void> {
  while (!isTrue()) await pause(10);
}

/** The text of a file; empty if it is not there. */
export function textOf(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

function recordsOf({ archive }: Layout): JobRecord[] {
  const months = readdirSync(archive).filter(name => /^\d{4}-\d{2}$/.test(name));
  return months
    .flatMap(month => readdirSync(join(archive, month)).map(name => join(archive, month, name)))
    .filter(path => path.endsWith(".json"))
    .map(path => readJson<JobRecord>(path)!)
    .sort((a, b) => a.sequence - b.sequence);
}

/** Ends every engine that is marked as running in a data folder. */
async function endEngines(layout: Layout): Promise<void> {
  for (const name of readdirSync(layout.running).filter(one => one.endsWith(".claim.json"))) {
    const claim = readJson<Claim>(join(layout.running, name));
    const engine = claim && livingEngine(layout, claim);
    if (!claim || !engine) continue;
    process.kill(engine.pid, "SIGKILL");
    await until(() => livingEngine(layout, claim) === undefined);
  }
}

/** Whether the engine of a job has left its mark. */
export function hasEngine(world: World, id: string): boolean {
  return readJson(runningFiles(world.layout, id).engine) !== undefined;
}

let last = 0;

// Two jobs of one millisecond are in no order, so that a test that relies on one would fail now and then.
function nextMillisecond(): Date {
  last = Math.max(Date.now(), last + 1);
  return new Date(last);
}
