import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { columns } from "./commands/columns.ts";
import { readEndpoints } from "./endpoints.ts";
import { type Lines, lineOptions, tellInLines } from "./laptop/lines.ts";
import { startPortal } from "./laptop/portal-process.ts";
import { chainRecords, failures, provenRows } from "./laptop/sample-report.ts";
import { dropSampleJob } from "./laptop/samples.ts";
import { line, seconds, sentence } from "./laptop/screen.ts";
import { onStopSignal } from "./laptop/signals.ts";
import { laptopStack } from "./laptop/stack.ts";
import { startLaterShown, startShown, warmShown, watchWantedShown } from "./laptop/start.ts";
import { watchStack } from "./laptop/watch.ts";
import { startWorker, workerReady } from "./laptop/worker-process.ts";
import { readSettings, type Settings } from "./settings.ts";

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
  const link = await showPortal();
  await startShown(stack, settings);
  for (const [name, { pid, version }] of Object.entries(readEndpoints(settings)))
    lines?.debug(`${name} ${version} is process ${pid}`);
  if (!stopping) await startWork(link);
} catch (error) {
  if (!stopping) {
    console.error(`\n${sentence(error)}`);
    await end(1, false);
  }
}

async function showPortal(): Promise<string> {
  const started = await startPortal(settings);
  portal = started.child;
  portal.once("exit", () => {
    if (!stopping) console.error("\nThe portal has ended by itself; jobs go on. Start it again with: npm run portal");
  });
  line("Portal", started.link, "");
  return started.link;
}

async function startWork(link: string): Promise<void> {
  mkdirSync(settings.LAPTOP_DIR, { recursive: true, mode: 0o700 });
  watchStack(stack, settings.LAPTOP_DIR);
  unwatch = watchWantedShown(stack, settings);
  line("Worker", join(settings.DATA_DIR, "queue"), "drop job files here");
  worker = await startWorker(settings, lines?.follow);
  worker.once("exit", (code, signal) => {
    if (stopping) return;
    console.error(`\nThe worker has ended by itself (${signal ?? `exit code ${code}`}): ending the rest.`);
    void end(1, false);
  });
  ready = workerReady(worker, settings);
  await Promise.all([ready, warmShown(settings)]);
  if (stopping) return;
  const sample = dropSampleJob(settings);
  if (sample) line("Sample job", sample, "dropped, this once");
  console.log(`\nReady in ${seconds((Date.now() - began) / 1000)}. Ctrl-C ends what was started here.`);
  console.log(`\nOpen this link, which logs you in: ${link}\n`);
  void startLaterShown(stack, settings);
  if (sample) await tellSample(sample);
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
function linesOrExit(): Lines | undefined {
  try {
    const options = lineOptions(process.argv.slice(2));
    const told = options && tellInLines(options);
    told?.debug(`Node ${process.version}, process ${process.pid}, in ${process.cwd()}`);
    return told;
  } catch (error) {
    console.error(`${(error as Error).message}\nusage: npm start -- [--debug] [--log-file FILE]`);
    process.exit(1);
  }
}

function readOrExit(): Settings {
  try {
    return readSettings();
  } catch (error) {
    console.error((error as Error).message);
    process.exit(1);
  }
}
