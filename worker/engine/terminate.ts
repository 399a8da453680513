import { setTimeout as pause } from "node:timers/promises";
import type { ProcessIdentity } from "../../core/jobs/running.ts";
import { isAlive } from "../../core/system/process-identity.ts";

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

/** Kills an engine and all that it started, and waits for nothing. */
export function killNow(engine: ProcessIdentity): void {
  if (isAlive(engine)) signalGroup(engine, "SIGKILL");
}

function signalGroup({ pid }: ProcessIdentity, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

// What a timer can count; a longer one would fire at once.
const LONGEST = 2 ** 31 - 1;

/** Calls `action` after so many milliseconds, however many. Keeps no process alive. */
export function after(milliseconds: number, action: () => void): { cancel(): void } {
  const due = Date.now() + milliseconds;
  let timer: NodeJS.Timeout;
  arm();
  return { cancel: () => clearTimeout(timer) };

  function arm() {
    const left = due - Date.now();
    timer = left > LONGEST ? setTimeout(arm, LONGEST) : setTimeout(action, Math.max(0, left));
    timer.unref();
  }
}
