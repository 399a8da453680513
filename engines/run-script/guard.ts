// node guard.ts <program> <argument>…: runs a program that must not outlive the engine. The engine holds the other end of
// this process's input: `stop` asks the group to end, and a closed end, however the engine died, kills it at once.
import { spawn } from "node:child_process";

const GRACE = 8_000;
const [program = "", ...args] = process.argv.slice(2);
const child = spawn(program, args, { stdio: ["ignore", "inherit", "inherit"] });

child.once("error", error => {
  console.error(`${program} can't be started: ${error.message}`);
  process.exit(127);
});
child.once("exit", (code, signal) => process.exit(code ?? (signal === "SIGKILL" ? 137 : 143)));

// The group's TERM is for the program; this process waits for its end.
process.on("SIGTERM", () => {});
process.on("SIGINT", () => {});
process.stdin.once("data", () => {
  signalGroup("SIGTERM");
  setTimeout(() => signalGroup("SIGKILL"), GRACE);
});
process.stdin.once("close", () => signalGroup("SIGKILL"));

// The engine starts this process as the leader of a group of its own.
function signalGroup(signal: NodeJS.Signals): void {
  process.kill(-process.pid, signal);
}
