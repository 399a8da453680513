import { appendFileSync } from "node:fs";
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
 * Writes the result of a test, or the duration of a file, as a line of JSON; a group that failed because of its tests is
 * left out.
 */
export function recordResult(written: string, event: TestEvent): void {
  const line = resultOf(event);
  if (line) appendFileSync(written, `${JSON.stringify(line)}\n`);
}

function resultOf({ type, data }: TestEvent): TestResult | FileDuration | undefined {
  // A file is a test of its own to the runner, named as it was given.
  if (type === "test:complete" && data.file && resolve(data.name) === data.file)
    return { file: data.file, seconds: data.details.duration_ms / 1000 };
  if ((type !== "test:fail" && type !== "test:pass") || !data.file) return undefined;
  const { error } = data.details as { error?: { failureType?: string } };
  if (error?.failureType === "subtestsFailed") return undefined;
  return { file: data.file, name: data.name, passed: type === "test:pass" };
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

/** How long all files took together, and those that took longest, longest first, as lines. */
export function slowestFiles(durations: readonly FileDuration[], root: string, count = 20): string[] {
  const sorted = [...durations].sort((one, other) => other.seconds - one.seconds).slice(0, count);
  const line = (seconds: number, what: string) => `  ${String(Math.round(seconds)).padStart(4)} s  ${what}`;
  const sum = durations.reduce((all, { seconds }) => all + seconds, 0);
  return [
    line(sum, `all ${durations.length} files together`),
    ...sorted.map(({ file, seconds }) => line(seconds, file.replace(`${root}/`, ""))),
  ];
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
