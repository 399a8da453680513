import { setTimeout as pause } from "node:timers/promises";
import { isAlive } from "../files/process-identity.ts";
import type { ProcessIdentity } from "../jobs/running.ts";

/** Ends an engine and all that it started: TERM to its group, after `grace` KILL. Returns when the engine is gone. */
export async function terminate(engine: ProcessIdentity, grace: number): Promise<void> {
  if (!isAlive(engine)) return;
  signalGroup(engine, "SIGTERM");
  const deadline = performance.now() + grace;
  while (isAlive(engine) && performance.now() < deadline) await pause(20);
  // Also when the engine itself has obeyed: what it started may not have.
  signalGroup(engine, "SIGKILL");
  while (isAlive(engine)) await pause(20);
}

function signalGroup({ pid }: ProcessIdentity, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}
