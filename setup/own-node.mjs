import { spawn } from "node:child_process";
import { join } from "node:path";
import { PROJECT } from "./environment.mjs";

/** The Node that npm has installed for this project. */
export const OWN_NODE = join(PROJECT, "node_modules", ".bin", "node");

/**
 * Runs a program of the project on the project's own Node, and ends as it does. With `ipc` it can be sent messages.
 * @param {string} script
 * @param {string[]} words
 * @param {"ipc"} [channel]
 */
export function runOnOwnNode(script, words, channel) {
  const child = spawn(OWN_NODE, [script, ...words], {
    stdio: ["inherit", "inherit", "inherit", ...(channel ? [channel] : [])],
  });
  // A terminal sends Ctrl-C to both; npm, or whoever names this process alone, to this one.
  for (const signal of SIGNALS) process.on(signal, () => child.kill(signal));
  child.on("error", error => {
    console.error(
      `The project's own Node can't be started (${error.message}): run \`npm ci\`, then the same command again.`,
    );
    process.exitCode = 1;
  });
  child.on("exit", (code, signal) => {
    process.exitCode = code ?? 1;
    if (!signal) return;
    for (const one of SIGNALS) process.removeAllListeners(one);
    process.kill(process.pid, signal);
  });
  return child;
}

/** @type {("SIGINT" | "SIGTERM" | "SIGHUP")[]} */
const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"];
