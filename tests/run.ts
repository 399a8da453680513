import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

// `npm test` runs everything, `npm test -- tests/worker/claim.test.ts` a part: what is named replaces the whole. With
// `--again` the files in which something failed are run once more: servers are killed and timed against each other here.
const given = process.argv.slice(2);
const again = given.includes("--again");
const named = given.filter(argument => argument !== "--again");
const files = named.some(argument => !argument.startsWith("-")) ? [] : ["tests/**/*.test.ts"];
const folder = mkdtempSync(join(tmpdir(), "portal-test-run-"));

const first = await run([...named, ...files]);
const failed = failedFiles();
if (first !== 0 && again && failed.length > 0) {
  console.log(`\nOnce more:\n${failed.map(file => `  ${file}`).join("\n")}\n`);
  process.exitCode = await run([...named.filter(argument => argument.startsWith("-")), ...failed]);
} else process.exitCode = first;
rmSync(folder, { recursive: true, force: true });

function run(what: readonly string[]): Promise<number> {
  const reporters = [
    ...["--test-reporter=spec", "--test-reporter-destination=stdout"],
    ...[`--test-reporter=${join(import.meta.dirname, "failed.ts")}`, `--test-reporter-destination=${listOfFailed()}`],
  ];
  const child = spawn(
    process.execPath,
    // A file that hangs is ended, and is not waited for to the end of time. Two at once: much of a test is waiting.
    [
      "--test",
      "--test-concurrency=2",
      "--test-timeout=600000",
      "--test-global-setup=tests/stack.ts",
      ...reporters,
      ...what,
    ],
    { stdio: ["ignore", "inherit", "inherit"] },
  );
  // The terminal's Ctrl-C reaches the child itself; this process only has to outlive it.
  process.on("SIGINT", () => {});
  process.on("SIGTERM", () => child.kill("SIGTERM"));
  return new Promise(resolve => child.on("exit", code => resolve(code ?? 1)));
}

function failedFiles(): string[] {
  if (!existsSync(listOfFailed())) return [];
  return [...new Set(readFileSync(listOfFailed(), "utf8").split("\n").filter(Boolean))];
}

function listOfFailed(): string {
  return join(folder, "failed");
}
