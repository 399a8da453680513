import { run } from "node:test";
import { spec } from "node:test/reporters";
import { recordResult } from "./results.ts";
import { endStack, startStack } from "./stack.ts";

/** What `tests/run.ts` asks of this process, as JSON in its one argument. */
export interface FilesToRun {
  files: string[];
  concurrency: number;
  /** A file that takes longer is ended, in milliseconds. */
  timeout: number;
  /** Options of Node for each file, such as `--test-name-pattern=…`. */
  execArgv: string[];
  stack: boolean;
  /** The file that results are written to. */
  written: string;
}

// Runs test files in the order in which they are given: `node --test` would sort them by their names.
const { stack, written, ...options } = JSON.parse(process.argv[2] ?? "") as FilesToRun;
const stop = new AbortController();
for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => stop.abort());

if (stack) await startStack();
try {
  const events = run({ ...options, signal: stop.signal });
  events.on("test:complete", data => recordResult(written, { type: "test:complete", data }));
  events.on("test:pass", data => recordResult(written, { type: "test:pass", data }));
  events.on("test:fail", data => recordResult(written, { type: "test:fail", data }));
  events.on("test:summary", ({ success, file }) => {
    if (file === undefined && !success) process.exitCode = 1;
  });
  for await (const text of events.compose(spec)) process.stdout.write(text);
} finally {
  if (stack) await endStack();
}
if (stop.signal.aborted) process.exitCode = 130;
