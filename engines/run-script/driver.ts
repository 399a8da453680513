import { spawn } from "node:child_process";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { StringDecoder } from "node:string_decoder";
import { setTimeout as pause } from "node:timers/promises";

/** What is run, with the whole of its environment. */
export interface Command {
  program: string;
  args: string[];
  env: Record<string, string>;
  cwd: string;
}

const GUARD = join(import.meta.dirname, "guard.ts");
// What has left the group may hold the output open.
const LAST_WORDS = 3_000;

/**
 * Runs a driver to its end and gives its exit code; `signal` ends it. Its output is passed on as it comes, and told to
 * `onLine` line by line. Whatever happens to this process, the driver and all of its group end with it.
 */
export async function runDriver(
  { program, args, env, cwd }: Command,
  signal: AbortSignal,
  onLine: (line: string) => void,
): Promise<number> {
  const child = spawn(process.execPath, [GUARD, program, ...args], {
    ...{ env, cwd, detached: true },
    stdio: ["pipe", "pipe", "pipe"],
  });
  const stop = () => child.stdin.write("stop\n");
  // A driver that has just ended by itself needs no word any more.
  child.stdin.on("error", () => {});
  signal.addEventListener("abort", stop, { once: true });
  if (signal.aborted) stop();
  try {
    passOn(child.stdout, process.stdout, onLine);
    passOn(child.stderr, process.stderr, onLine);
    const closed = new Promise(resolve => child.once("close", resolve));
    const code = await new Promise<number>((ended, failed) => {
      child.once("error", failed);
      child.once("exit", code => ended(code ?? 137));
    });
    // What a script has started and left behind. Then the last of the output.
    killGroup(child.pid);
    await Promise.race([closed, pause(LAST_WORDS, undefined, { ref: false })]);
    return code;
  } finally {
    signal.removeEventListener("abort", stop);
  }
}

function passOn(from: Readable, to: NodeJS.WriteStream, onLine: (line: string) => void): void {
  const decoder = new StringDecoder();
  let rest = "";
  from.on("data", (chunk: Buffer) => {
    if (!to.write(chunk)) {
      from.pause();
      to.once("drain", () => from.resume());
    }
    const lines = (rest + decoder.write(chunk)).split("\n");
    // A line that never ends is not kept in memory.
    rest = (lines.pop() ?? "").slice(0, 10_000);
    for (const line of lines) onLine(line);
  });
}

function killGroup(pid: number | undefined): void {
  try {
    if (pid !== undefined) process.kill(-pid, "SIGKILL");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}
