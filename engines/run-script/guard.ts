// node guard.ts <uid:gid or ""> <program> <argument>…: runs a program that must not outlive the engine. The engine holds the other end of
// this process's input: `stop` asks the group to end, and a closed end, however the engine died, kills it at once.
import { execa } from "execa";

const GRACE = 8_000;
const [user = "", program = "", ...args] = process.argv.slice(2);
const [uid, gid] = user.split(":").map(Number);
const driver = execa(program, args, {
  stdio: ["ignore", "inherit", "inherit"],
  ...{ cleanup: false, reject: false },
  // Node drops the worker's other groups with its user.
  ...(user && { uid, gid }),
});

void driver.then(({ exitCode, signal, originalMessage }) => {
  if (driver.pid !== undefined) process.exit(exitCode ?? (signal === "SIGKILL" ? 137 : 143));
  console.error(`${program} can't be started: ${originalMessage}`);
  process.exit(127);
});

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
