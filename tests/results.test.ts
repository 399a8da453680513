import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { execa } from "execa";
import { PROJECT } from "../core/settings.ts";
import { readResults, secondTries, slowestFiles } from "./results.ts";

const FILE = (counter: string) => `
import assert from "node:assert/strict";
import { appendFileSync, readFileSync } from "node:fs";
import { describe, test } from "node:test";
appendFileSync(${JSON.stringify(counter)}, "x");
const round = readFileSync(${JSON.stringify(counter)}, "utf8").length;
test("always passes", () => {});
test("passes the second time", () => assert.equal(round, 2));
describe("a group", { concurrency: 2 }, () => {
  test("of which one passes the second time", () => assert.equal(round, 2));
  test("of which one never fails", () => {});
});
`;

async function run(t: TestContext, text: (counter: string) => string, flags: string[]) {
  const folder = mkdtempSync(join(tmpdir(), "results-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, "some.test.ts");
  writeFileSync(file, text(join(folder, "counter")));
  // A run inside of a run would report to the outer one.
  const env = { ...process.env, NODE_TEST_CONTEXT: undefined };
  return await execa(process.execPath, ["tests/run.ts", "--no-stack", ...flags, file], {
    ...{ cwd: PROJECT, env, extendEnv: false, reject: false },
  });
}

test("a test that fails and passes on its second try is named at the end of the run", async t => {
  const { exitCode, stdout } = await run(t, FILE, ["--again"]);
  assert.equal(exitCode, 0, stdout);
  const [, end = ""] = stdout.split(/\n(?=Failed at first and passed)/);
  const lines = end.trim().split("\n");
  assert.equal(lines.length, 3, end);
  assert.match(lines[0] ?? "", /^Failed at first and passed on the second try \(2\):$/);
  assert.match(lines[1] ?? "", /some\.test\.ts: passes the second time$/);
  assert.match(lines[2] ?? "", /some\.test\.ts: of which one passes the second time$/);
});

test("a test that fails twice fails the run, and is not named as one that passed", async t => {
  const always = (counter: string) => FILE(counter).replace("() => {});", '() => assert.fail("always"));');
  const { exitCode, stdout } = await run(t, always, ["--again"]);
  assert.equal(exitCode, 1);
  const [, end = ""] = stdout.split(/\n(?=Failed at first and passed)/);
  assert.match(end, /passes the second time/);
  assert.doesNotMatch(end, /always passes/);
});

test("without a second try a failure fails the run at once", async t => {
  const { exitCode, stdout } = await run(t, FILE, []);
  assert.equal(exitCode, 1);
  assert.doesNotMatch(stdout, /second try/);
});

test("a file that would start after the time of the run is not run, and is named", async t => {
  const { exitCode, stdout } = await run(t, FILE, ["--minutes=0"]);
  assert.equal(exitCode, 0, stdout);
  assert.match(stdout, /Not run, since 0 minutes were over \(1 files\):\n {2}.*some\.test\.ts/);
  assert.doesNotMatch(stdout, /always passes/);
});

test("a file that crashed is named by its own name where all of it passes then", () => {
  const crashed = { file: "/p/tests/a.test.ts", name: "tests/a.test.ts", passed: false };
  const passed = { file: "/p/tests/a.test.ts", name: "one of it", passed: true };
  const title = "Failed at first and passed on the second try (1):";
  assert.deepEqual(secondTries([crashed], [passed], "/p"), [title, "  tests/a.test.ts: tests/a.test.ts"]);
  assert.deepEqual(secondTries([crashed], [passed, { ...passed, passed: false }], "/p"), []);
});

test("a test that did not run again is named, too", () => {
  const one = { file: "/p/tests/a.test.ts", name: "gone", passed: false };
  assert.deepEqual(secondTries([one], [], "/p"), [
    "Failed at first and did not run again (1):",
    "  tests/a.test.ts: gone",
  ]);
  assert.deepEqual(secondTries([{ ...one, passed: true }], [], "/p"), []);
});

test("the sum of all files is told, and the files that took longest come first", () => {
  const durations = [1.4, 30, 2].map((seconds, at) => ({ file: `/p/tests/${at}.test.ts`, seconds }));
  assert.deepEqual(slowestFiles(durations, "/p", 2), [
    "    33 s  all 3 files together",
    "    30 s  tests/1.test.ts",
    "     2 s  tests/2.test.ts",
  ]);
});

test("the duration of each file is among the results", () => {
  const passed = { file: "/p/a.test.ts", name: "one of it", passed: true };
  const lines = [{ file: "/p/a.test.ts", seconds: 2 }, passed].map(line => JSON.stringify(line)).join("\n");
  assert.deepEqual(readResults(lines), { results: [passed], durations: [{ file: "/p/a.test.ts", seconds: 2 }] });
});
