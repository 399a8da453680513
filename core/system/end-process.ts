import { setTimeout as sleep } from "node:timers/promises";
import type { ProcessIdentity } from "../jobs/running.ts";
import { isAlive } from "./process-identity.ts";

/** Ends a process and its group: sends TERM, and KILL after `grace` milliseconds. */
export async function endProcess(identity: ProcessIdentity, grace = 10_000): Promise<void> {
  signalGroup(identity, "SIGTERM");
  if (await hasEnded(identity, grace)) return;
  signalGroup(identity, "SIGKILL");
  await hasEnded(identity, grace);
}

function signalGroup(identity: ProcessIdentity, signal: NodeJS.Signals): void {
  if (!isAlive(identity)) return;
  try {
    process.kill(-identity.pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

async function hasEnded(identity: ProcessIdentity, milliseconds: number): Promise<boolean> {
  for (const until = Date.now() + milliseconds; Date.now() < until; await sleep(50))
    if (!isAlive(identity)) return true;
  return !isAlive(identity);
}
