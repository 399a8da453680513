import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { snowflakeAddress, standInPasswordFile } from "../../connectors/snowflake/address.ts";
import { openSnowflake } from "../../connectors/snowflake/connect.ts";
import { readEndpoints } from "../../core/endpoints.ts";
import { PROJECT, readSettings } from "../../core/settings.ts";
import { endProcess } from "../../core/system/end-process.ts";
import { isAlive } from "../../core/system/process-identity.ts";
import { laptopStack } from "../../laptop/stack.ts";
import { temporaryFolder } from "./processes.ts";

const SPARK_REMOTE = "sc://spark.example:15002";

/** `npm run laptop` beside a Spark of one's own, without its set-up. */
async function startBesideSpark(t: TestContext, folder: string): Promise<ChildProcess> {
  const env = { ...process.env, SPARK_REMOTE, LAPTOP_DIR: folder, DATA_DIR: folder };
  const program = join(PROJECT, "laptop", "main.ts");
  const child = spawn(process.execPath, [program], { env, stdio: ["ignore", "pipe", "inherit"] });
  t.after(() => child.kill("SIGKILL"));
  let said = "";
  await new Promise<void>((ready, failed) => {
    child.stdout.on("data", chunk => {
      said += chunk;
      if (said.includes("Ready.")) ready();
    });
    child.once("exit", () => failed(new Error(`The start ended early:\n${said}`)));
  });
  return child;
}

test("Azurite and the stand-in that a killed start has left are taken over, and still let in who knew the password", async t => {
  const folder = temporaryFolder(t);
  t.after(async () => {
    for (const service of Object.values(readEndpoints({ LAPTOP_DIR: folder }))) await endProcess(service, 0);
  });
  const first = await startBesideSpark(t, folder);
  const before = readEndpoints({ LAPTOP_DIR: folder });
  assert.deepEqual(Object.keys(before).sort(), ["azure", "snowflake"]);
  assert.ok(before.azure && before.snowflake);
  first.kill("SIGKILL");
  await once(first, "exit");

  const second = await startBesideSpark(t, folder);
  const after = readEndpoints({ LAPTOP_DIR: folder });
  assert.deepEqual([after.azure?.pid, after.snowflake?.pid], [before.azure.pid, before.snowflake.pid]);
  assert.equal(after.snowflake?.owner.pid, second.pid);
  const settings = { ...readSettings(), LAPTOP_DIR: folder };
  const snowflake = await openSnowflake(snowflakeAddress(settings));
  assert.deepEqual(await snowflake.run("SELECT 1 AS ONE"), [{ ONE: "1" }]);
  await snowflake.close();
  const password = readFileSync(standInPasswordFile(settings), "utf8").trim();
  assert.equal(statSync(standInPasswordFile(settings)).mode & 0o777, 0o600);
  for (const file of [`/proc/${before.snowflake.pid}/cmdline`, join(folder, "services.json")])
    assert.equal(readFileSync(file, "utf8").includes(password), false, file);

  second.kill("SIGINT");
  await once(second, "exit");
  assert.equal(isAlive(before.azure) || isAlive(before.snowflake), false);
  assert.deepEqual(readEndpoints({ LAPTOP_DIR: folder }), {});
});

test("nothing is started for what the settings name", async t => {
  const own = { SPARK_REMOTE, AZURE_ACCOUNT: "mine", SNOWFLAKE_ACCOUNT: "ORG-MINE", LAPTOP_DIR: temporaryFolder(t) };
  const stack = laptopStack({ ...readSettings(), ...own }, "tests");
  t.after(() => stack.stop(0));
  const started: string[] = [];
  const services = await stack.start(
    ({ title }) => started.push(title),
    () => {},
  );
  assert.deepEqual({ started, services }, { started: [], services: {} });
});
