import { resolve } from "node:path";
import type { TestEvent } from "node:test/reporters";

/** How one test ended. */
export interface TestResult {
  file: string;
  name: string;
  passed: boolean;
}

/** How long a file took, in seconds. */
export interface FileDuration {
  file: string;
  seconds: number;
}

/**
 * A reporter that gives the result of every test and the duration of every file, each as a line of JSON; a group that
 * failed because of its tests is left out.
 */
export default async function* results(source: AsyncIterable<TestEvent>): AsyncGenerator<string> {
  for await (const { type, data } of source) {
    // A file is a test of its own to the runner, named as it was given.
    if (type === "test:complete" && data.file && resolve(data.name) === data.file)
      yield `${JSON.stringify({ file: data.file, seconds: data.details.duration_ms / 1000 } satisfies FileDuration)}\n`;
    if ((type !== "test:fail" && type !== "test:pass") || !data.file) continue;
    const { error } = data.details as { error?: { failureType?: string } };
    if (error?.failureType === "subtestsFailed") continue;
    yield `${JSON.stringify({ file: data.file, name: data.name, passed: type === "test:pass" } satisfies TestResult)}\n`;
  }
}

/** The results and the durations that the reporter has written. */
export function readResults(text: string): { results: TestResult[]; durations: FileDuration[] } {
  const lines = text
    .split("\n")
    .filter(Boolean)
    .map(line => JSON.parse(line) as TestResult | FileDuration);
  return {
    results: lines.filter(line => "passed" in line),
    durations: lines.filter(line => "seconds" in line),
  };
}

/** The files that took longest, longest first, as lines. */
export function slowestFiles(durations: readonly FileDuration[], root: string, count = 15): string[] {
  const sorted = [...durations].sort((one, other) => other.seconds - one.seconds).slice(0, count);
  return sorted.map(
    ({ file, seconds }) => `  ${String(Math.round(seconds)).padStart(4)} s  ${file.replace(`${root}/`, "")}`,
  );
}

/** What the last lines of a run say of the tests that failed at first: those that passed then, and those that did not run again. */
export function secondTries(first: readonly TestResult[], second: readonly TestResult[], root: string): string[] {
  const failed = first.filter(({ passed }) => !passed);
  // A file that crashed or hung has its own name, and passes with all that is in it.
  const again = (one: TestResult) =>
    second.filter(({ file, name }) => file === one.file && (name === one.name || one.file.endsWith(one.name)));
  const unsteady = failed.filter(one => again(one).length > 0 && again(one).every(({ passed }) => passed));
  const missing = failed.filter(one => again(one).length === 0);
  const named = (title: string, tests: readonly TestResult[]) => {
    const lines = tests.map(({ file, name }) => `  ${file.replace(`${root}/`, "")}: ${name}`);
    return lines.length > 0 ? [`${title} (${lines.length}):`, ...new Set(lines)] : [];
  };
  return [
    ...named("Failed at first and passed on the second try", unsteady),
    ...named("Failed at first and did not run again", missing),
  ];
}
