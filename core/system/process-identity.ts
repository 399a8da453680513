import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { ProcessIdentity } from "../jobs/running.ts";

/** Who a living process is; undefined if there is none (one that ended and was not yet waited for has ended). */
export function identityOf(pid: number): ProcessIdentity | undefined {
  const start = processStart(pid);
  return start === undefined ? undefined : { pid, start, bootId: bootId() };
}

/** Whether exactly this process still lives: same pid, same start, same boot. */
export function isAlive(identity: ProcessIdentity): boolean {
  return identity.bootId === bootId() && processStart(identity.pid) === identity.start;
}

/** When a living process started, as the kernel counts it. */
export function processStart(pid: number): string | undefined {
  return process.platform === "linux" ? startOnLinux(pid) : output("ps", ["-o", "lstart=", "-p", String(pid)]);
}

function startOnLinux(pid: number): string | undefined {
  try {
    // The name, in brackets, may itself hold spaces and brackets: count from its end.
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return fields[0] === "Z" || fields[0] === "X" ? undefined : fields[19];
  } catch {
    return undefined;
  }
}

let boot: string | undefined;

/** The kernel's name for its own run: another one after each start of the machine. */
export function bootId(): string {
  boot ??=
    process.platform === "linux"
      ? readFileSync("/proc/sys/kernel/random/boot_id", "latin1").trim()
      : (output("sysctl", ["-n", "kern.bootsessionuuid"]) ?? "unknown");
  return boot;
}

// Linux needs no program for this: engines, of which each millisecond of the start counts, never load execa.
function output(program: string, parameters: string[]): string | undefined {
  const { execaSync }: typeof import("execa") = createRequire(import.meta.url)("execa");
  const { exitCode, stdout } = execaSync(program, parameters, { stdin: "ignore", stderr: "ignore", reject: false });
  return exitCode === 0 ? stdout.trim() || undefined : undefined;
}
