import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

/**
 * When a living process started, as the kernel counts it; undefined for one that has ended.
 * @param {number} pid
 * @returns {string | undefined}
 */
export function processStart(pid) {
  return process.platform === "linux" ? startOnLinux(pid) : output("ps", ["-o", "lstart=", "-p", String(pid)]);
}

/** @param {number} pid */
function startOnLinux(pid) {
  try {
    // The name, in brackets, may itself hold spaces and brackets: count from its end.
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return fields[0] === "Z" || fields[0] === "X" ? undefined : fields[19];
  } catch {
    return undefined;
  }
}

/** @type {string | undefined} */
let boot;

/** The kernel's name for its own run: another one after each start of the machine. */
export function bootId() {
  boot ??=
    process.platform === "linux"
      ? readFileSync("/proc/sys/kernel/random/boot_id", "latin1").trim()
      : (output("sysctl", ["-n", "kern.bootsessionuuid"]) ?? "unknown");
  return boot;
}

// Linux needs no program for this: engines, of which each millisecond of the start counts, never load what starts one.
/**
 * @param {string} program
 * @param {string[]} words
 */
function output(program, words) {
  const { spawnSync } = /** @type {typeof import("node:child_process")} */ (
    createRequire(import.meta.url)("node:child_process")
  );
  const { status, stdout } = spawnSync(program, words, { stdio: ["ignore", "pipe", "ignore"], encoding: "utf8" });
  return status === 0 ? stdout.trim() || undefined : undefined;
}
