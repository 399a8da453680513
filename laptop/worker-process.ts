import type { ChildProcess } from "node:child_process";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { execa } from "execa";
import type { ProcessIdentity } from "../core/jobs/running.ts";
import { PROJECT, type Settings } from "../core/settings.ts";
import { readHeartbeat } from "../core/store/heartbeat.ts";
import { layoutOf } from "../core/store/layout.ts";
import { replaceFile } from "../core/system/atomic.ts";
import { endProcess } from "../core/system/end-process.ts";
import { readJson, toJson } from "../core/system/json.ts";
import { identityOf, isAlive } from "../core/system/process-identity.ts";

interface Mark {
  worker: ProcessIdentity;
  owner: ProcessIdentity;
}

/**
 * Starts the worker in a process group of its own: Ctrl-C in a terminal reaches the whole group, and the worker has to
 * end before the services. One that a killed start left behind is ended first; its engines go on and are adopted. What it
 * says goes to `follow`, else to the terminal.
 */
export async function startWorkerProcess(
  settings: Pick<Settings, "LAPTOP_DIR">,
  follow?: (output: Readable) => void,
): Promise<ChildProcess> {
  const file = join(settings.LAPTOP_DIR, "worker.json");
  const left = readJson<Mark>(file);
  if (left && isAlive(left.worker) && !isAlive(left.owner)) await endProcess(left.worker);
  const output = follow ? "pipe" : "inherit";
  const { nodeChildProcess: child } = execa(process.execPath, [join(PROJECT, "worker", "main.ts")], {
    ...{ detached: true, cleanup: false, reject: false, buffer: false },
    stdio: ["ignore", output, output],
  });
  for (const output of [child.stdout, child.stderr]) if (output) follow?.(output);
  const worker = identityOf(child.pid ?? 0);
  const owner = identityOf(process.pid);
  if (worker && owner) replaceFile(file, toJson({ worker, owner } satisfies Mark));
  return child;
}

/** Waits until a worker that was just started is at work; one that only stands by, or has ended, is not waited for. */
export async function workerReady(
  worker: ChildProcess,
  settings: Pick<Settings, "DATA_DIR" | "SPARK_MASTER" | "SPARK_REMOTE">,
): Promise<void> {
  const { heartbeat } = layoutOf(settings.DATA_DIR);
  // A worker that starts a Spark of its own is at work when that one answers.
  const patience = settings.SPARK_MASTER && !settings.SPARK_REMOTE ? 120_000 : 10_000;
  for (const until = Date.now() + patience; Date.now() < until; await sleep(100)) {
    if (worker.exitCode !== null || worker.signalCode !== null) return;
    if (readHeartbeat({ heartbeat })?.pid === worker.pid) return;
  }
}
