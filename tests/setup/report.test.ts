import assert from "node:assert/strict";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { execa } from "execa";
import { readSetUp } from "../../core/set-up.ts";
import { PROJECT } from "../../core/settings.ts";
import { temporaryFolder } from "./stamped.ts";

const MODULE = JSON.stringify(join(PROJECT, "setup", "report.mjs"));
const PART = '{ kind: "download", title: "Spark", neededFor: "every job", megabytes: 900 }';

async function run(LAPTOP_DIR: string, program: string) {
  const given = `import * as report from ${MODULE};\nreport.reportTo(${JSON.stringify(LAPTOP_DIR)});\n${program}`;
  await execa(process.execPath, ["--input-type=module", "-e", given]);
  return readSetUp({ LAPTOP_DIR }).map(({ title, state, done, error }) => ({ title, state, done, error }));
}

test("a set-up where nothing is to be done writes nothing", async t => {
  const folder = temporaryFolder(t);
  assert.deepEqual(await run(folder, "report.expectParts([]); report.endReport();"), []);
  assert.deepEqual(readdirSync(folder), []);
});

test("a report stays until all is there, or the next set-up begins", async t => {
  const folder = temporaryFolder(t);
  const spark = { title: "Spark", done: undefined, error: undefined };
  assert.deepEqual(await run(folder, `report.expectParts([${PART}]);`), [{ ...spark, state: "stopped" }]);
  const running = `report.reportPart(${PART}, { state: "running", done: 210 });`;
  assert.deepEqual(await run(folder, running), [{ ...spark, state: "stopped", done: 210 }]);
  const failed = 'report.reportPart(PART, { state: "failed", error: "No network." }); report.endReport();';
  assert.deepEqual(await run(folder, failed.replace("PART", PART)), [
    { ...spark, state: "failed", error: "No network." },
  ]);
  assert.equal(readdirSync(join(folder, "set-up")).length, 1);
  await run(folder, `${running} report.reportPart(${PART}, { state: "succeeded" }); report.endReport();`);
  assert.deepEqual(readdirSync(join(folder, "set-up")), []);
});

test("where it can't be written the set-up goes on without", async () => {
  assert.deepEqual(await run("/dev/null/laptop", `report.expectParts([${PART}]); report.endReport();`), []);
  assert.equal(existsSync("/dev/null/laptop"), false);
});
