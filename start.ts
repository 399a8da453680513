import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdirSync } from "node:fs";
import { constants, setPriority } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { execa } from "execa";
import { columns } from "./cli/words.ts";
import { readEndpoints } from "./core/endpoints.ts";
import { PROJECT, readSettings, type Settings } from "./core/settings.ts";
import { layoutOf } from "./core/store/layout.ts";
import { makeFilesPrivate } from "./core/system/private.ts";
import { trustAuthorities } from "./core/tls/authorities.ts";
import { type LogOutput, lineOptions, tellInLines } from "./laptop/lines.ts";
import { startPortalProcess } from "./laptop/portal-process.ts";
import { chainRecords, failures, provenRows } from "./laptop/samples/sample-report.ts";
import { dropSampleJob } from "./laptop/samples/samples.ts";
import { errorMessage, onStopSignal, screenLine, seconds } from "./laptop/screen.ts";
import { reported, reportStart } from "./laptop/set-up-report.ts";
import { laptopStack, watchStack } from "./laptop/stack.ts";
import { startLaterShown, startShown, warmShown, watchWantedShown } from "./laptop/start.ts";
import { startWorkerProcess, workerReady } from "./laptop/worker-process.ts";

makeFilesPrivate();
const began = Date.now();
const lines = linesOrExit();
const settings = readOrExit();
const stack = laptopStack(settings);
let worker: ChildProcess | undefined;
let portal: ChildProcess | undefined;
let ready = Promise.resolve();
let stopping = false;
let unwatch = () => {};

onStopSignal(async again => {
  if (!again) console.log("\nEnding: running jobs go back into the queue. Another Ctrl-C ends at once.");
  await end(0, again);
});

console.log("Data Operations Portal\n");
try {
  // The portal first: its pages say how the rest comes up.
  reportStart(settings);
  const link = await showPortal();
  await installed();
  await startShown(stack, settings);
  for (const [name, { pid, version }] of Object.entries(readEndpoints(settings)))
    lines?.debug(`${name} ${version} is process ${pid}`);
  if (!stopping) await startWork(link);
} catch (error) {
  if (!stopping) {
    console.error(`\n${errorMessage(error)}`);
    // A page that is open asks every two seconds: it says why, and goes on saying it without the portal.
    if (portal?.exitCode === null) await sleep(2500);
    await end(1, false);
  }
}

async function showPortal(): Promise<string> {
  const started = await startPortalProcess(settings);
  portal = started.child;
  portal.once("exit", () => {
    if (!stopping) console.error("\nThe portal has ended by itself; jobs go on. Start it again with: npm run portal");
  });
  screenLine("Portal", started.link, "");
  return started.link;
}

// setup/start.mjs, which has started this, goes on installing what the portal does not need.
async function installed(): Promise<void> {
  if (!process.channel) return;
  const ended = once(process, "disconnect").then(() => [{ failed: "The set-up has ended: start again." }]);
  const [{ failed }] = (await Promise.race([once(process, "message"), ended])) as [{ failed?: string }];
  if (process.connected) process.disconnect();
  if (failed !== undefined) throw new Error(failed);
}

async function startWork(link: string): Promise<void> {
  mkdirSync(settings.LAPTOP_DIR, { recursive: true, mode: 0o700 });
  watchStack(stack, settings.LAPTOP_DIR);
  unwatch = watchWantedShown(stack, settings);
  screenLine("Worker", layoutOf(settings.DATA_DIR).queue, "drop job files here");
  worker = await startWorkerProcess(settings, lines?.follow);
  worker.once("exit", (code, signal) => {
    if (stopping) return;
    console.error(`\nThe worker has ended by itself (${signal ?? `exit code ${code}`}): ending the rest.`);
    void end(1, false);
  });
  ready = reported("worker", workerReady(worker, settings));
  await Promise.all([ready, warmShown(settings)]);
  if (stopping) return;
  const sample = dropSampleJob(settings);
  if (sample) screenLine("Sample job", sample, "dropped, this once");
  console.log(`\nReady in ${seconds((Date.now() - began) / 1000)}. Ctrl-C ends what was started here.`);
  console.log(`\nOpen this link, which logs you in: ${link}\n`);
  void startLaterShown(stack, settings);
  if (sample) await tellSample(sample);
  // What a first start did not wait for: Kafka, and what lets Spark start faster from now on.
  if (!stopping) installLater();
}

function installLater(): void {
  const later = [join(PROJECT, "setup.mjs"), "--later"];
  const child = execa(process.execPath, later, { stdio: "ignore", detached: true, cleanup: false, reject: false });
  if (child.pid !== undefined) setPriority(child.pid, constants.priority.PRIORITY_LOW);
  child.nodeChildProcess.unref();
}

async function tellSample(id: string): Promise<void> {
  const started = Date.now();
  const records = await chainRecords(settings, id, () => stopping);
  if (stopping) return;
  const rows = provenRows(records);
  const right = [1, (rows[0]?.length ?? 0) - 1];
  console.log(`\nThe sample job and what followed it took ${seconds((Date.now() - started) / 1000)}:\n`);
  for (const text of [...columns(rows, right), ...failures(records)]) console.log(`  ${text}`);
  console.log(`\nAll jobs: npm run job -- list. This one in full: npm run job -- show ${id}\n`);
}

// The worker first, which asks its engines to stop and puts their jobs back; then the services under them.
async function end(code: number, again: boolean): Promise<void> {
  stopping = true;
  unwatch();
  // A worker that is only just starting would not yet put back the jobs of engines that it has found at work.
  if (!again) await ready;
  if (worker && worker.exitCode === null && worker.signalCode === null) {
    worker.kill("SIGINT");
    await once(worker, "exit");
  }
  await stack.stop(again ? 0 : undefined);
  if (portal && portal.exitCode === null && portal.signalCode === null) {
    portal.kill("SIGTERM");
    await once(portal, "exit");
  }
  process.exit(code);
}

// `npm start -- --debug --log-file logfile.log`
function linesOrExit(): LogOutput | undefined {
  try {
    const options = lineOptions(process.argv.slice(2));
    const output = options && tellInLines(options);
    output?.debug(`Node ${process.version}, process ${process.pid}, in ${process.cwd()}`);
    return output;
  } catch (error) {
    console.error(`${(error as Error).message}\nusage: npm start -- [--debug] [--log-file FILE]`);
    process.exit(1);
  }
}

function readOrExit(): Settings {
  try {
    const settings = readSettings();
    trustAuthorities(settings);
    return settings;
  } catch (error) {
    console.error((error as Error).message);
    process.exit(1);
  }
}
