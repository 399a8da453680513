import { spawn } from "node:child_process";

// `npm test` runs everything, `npm test -- tests/worker/claim.test.ts` a part: what is named replaces the whole.
const named = process.argv.slice(2);
const files = named.some(argument => !argument.startsWith("-")) ? [] : ["tests/**/*.test.ts"];
const child = spawn(process.execPath, ["--test", "--test-global-setup=tests/stack.ts", ...named, ...files], {
  stdio: ["ignore", "inherit", "inherit"],
});
// The terminal's Ctrl-C reaches the child itself; this process only has to outlive it.
process.on("SIGINT", () => {});
process.on("SIGTERM", () => child.kill("SIGTERM"));
child.on("exit", code => {
  process.exitCode = code ?? 1;
});
