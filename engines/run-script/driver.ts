import { once } from "node:events";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { StringDecoder } from "node:string_decoder";
import { setTimeout as pause } from "node:timers/promises";
import { execa } from "execa";
import type { ScriptsUser } from "./scripts-user.ts";

/** What is run, with the whole of its environment. */
export interface Command {
  program: string;
  args: string[];
  env: Record<string, string>;
  cwd: string;
  /** Who it runs as; without one, the user of this process. */
  user?: ScriptsUser | undefined;
}

const GUARD = join(import.meta.dirname, "guard.ts");
// What has left the group may hold the output open.
const LAST_WORDS = 3_000;

/**
 * Runs a driver to its end and gives its exit code; `signal` ends it. Its output is passed on as it comes, and told to
 * `onLine` line by line. Whatever happens to this process, the driver and all of its group end with it.
 */
export async function runDriver(
  { program, args, env, cwd, user }: Command,
  signal: AbortSignal,
  onLine: (line: string) => void,
): Promise<number> {
  const child = execa(process.execPath, [GUARD, user ? `${user.uid}:${user.gid}` : "", program, ...args], {
    ...{ env, extendEnv: false, cwd, detached: true, cleanup: false, reject: false },
    ...{ stdin: "pipe", stdout: "pipe", stderr: "pipe", buffer: false },
  });
  if (child.pid === undefined) throw (await child).cause;
  const stop = () => child.stdin.write("stop\n");
  // A driver that has just ended by itself needs no word any more.
  child.stdin.on("error", () => {});
  signal.addEventListener("abort", stop, { once: true });
  if (signal.aborted) stop();
  try {
    passOn(child.stdout, process.stdout, onLine);
    passOn(child.stderr, process.stderr, onLine);
    const [code] = (await once(child.nodeChildProcess, "exit")) as [number | null];
    // What a script has started and left behind. Then the last of the output.
    killGroup(child.pid);
    await Promise.race([child, pause(LAST_WORDS, undefined, { ref: false })]);
    return code ?? 137;
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
