import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { PROJECT } from "../../core/settings.ts";
import { lineOptions } from "../../laptop/lines.ts";
import { temporaryFolder } from "./processes.ts";

// Everything is the user's own, so that only portal and worker are started.
const OWN = {
  SPARK_REMOTE: "sc://127.0.0.1:1",
  AZURE_ACCOUNT: "mine",
  SNOWFLAKE_ACCOUNT: "ORG-MINE",
  MIN_FREE_MB: "1",
};

async function start(t: TestContext, folder: string, ...options: string[]): Promise<string> {
  const env = { ...process.env, ...OWN, LAPTOP_DIR: join(folder, "laptop"), DATA_DIR: join(folder, "data") };
  const child = spawn(process.execPath, [join(PROJECT, "start.ts"), ...options], { env, cwd: folder });
  t.after(() => child.kill("SIGKILL"));
  let said = "";
  let asked = false;
  for (const output of [child.stdout, child.stderr])
    output.on("data", chunk => {
      said += chunk;
      if (!asked && said.includes("Ready in") && /watching|queue/.test(said)) child.kill("SIGINT");
      asked ||= said.includes("Ready in");
    });
  await once(child, "close");
  return said;
}

const LINE = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z - (DEBUG|INFO|WARNING|ERROR) - \S/;

test("with --debug and --log-file all of a start stands in lines, on the console and in the file", async t => {
  const folder = temporaryFolder(t);
  const said = (await start(t, folder, "--debug", "--log-file", "logfile.log")).trim().split("\n");
  const path = join(folder, "logfile.log");
  const kept = readFileSync(path, "utf8").trim().split("\n");
  for (const line of [...said, ...kept]) assert.match(line, LINE);
  assert.ok(
    kept.some(line => / - INFO - watching /.test(line)),
    "the worker's own lines",
  );
  assert.ok(kept.some(line => / - INFO - Ready in /.test(line)));
  assert.ok(kept.some(line => / - DEBUG - Node v/.test(line)));
  assert.equal(statSync(path).mode & 0o777, 0o600);
  const secret = /link=([\w-]{20,})/.exec(said.join("\n"))?.[1];
  assert.ok(secret, "the terminal has the link that logs somebody in");
  assert.ok(!kept.join("\n").includes(secret), "the file has not");
});

test("without them nothing is different, and what is not known is refused", () => {
  assert.equal(lineOptions([]), undefined);
  assert.deepEqual(lineOptions(["--log-file", "a.log"]), { debug: false, logFile: "a.log" });
  assert.throws(() => lineOptions(["--log"]), /Unknown option '--log'/);
});
