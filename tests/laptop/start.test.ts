import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { webHdfs } from "../../connectors/hdfs/webhdfs.ts";
import { openSession } from "../../connectors/spark/session.ts";
import { endpointsFile, readEndpoints } from "../../core/endpoints.ts";
import { PROJECT } from "../../core/settings.ts";
import { endProcess } from "../../core/system/end-process.ts";
import { readJson } from "../../core/system/json.ts";
import { identityOf, isAlive } from "../../core/system/process-identity.ts";
import { listeners } from "./listeners.ts";
import { temporaryFolder } from "./processes.ts";

/** `npm start` without its set-up, on a laptop folder and data of its own, as if nothing were set. */
async function start(
  t: TestContext,
  folder: string,
  ...until: string[]
): Promise<{ child: ChildProcess; said: string }> {
  const unset = { SPARK_REMOTE: "", HIVE_METASTORE_URI: "", LAKE_WAREHOUSE: "", AZURE_CATALOG_URI: "" };
  const env = {
    ...process.env,
    ...unset,
    LAPTOP_DIR: join(folder, "laptop"),
    DATA_DIR: join(folder, "data"),
    SCRIPTS_DIR: "hdfs:///my_project/scripts",
  };
  const child = spawn(process.execPath, [join(PROJECT, "start.ts")], { env, stdio: ["ignore", "pipe", "pipe"] });
  t.after(() => child.kill("SIGKILL"));
  let said = "";
  child.stderr.on("data", chunk => {
    said += chunk;
  });
  await new Promise<void>((ready, failed) => {
    child.stdout.on("data", chunk => {
      said += chunk;
      if (until.every(text => said.includes(text))) ready();
    });
    child.once("exit", () => failed(new Error(`The start ended early:\n${said}`)));
  });
  return { child, said };
}

/** Whatever goes wrong in a test, no Spark stays behind. */
function endAllAfter(t: TestContext, folder: string): void {
  t.after(async () => {
    for (const service of Object.values(readEndpoints({ LAPTOP_DIR: folder }))) await endProcess(service, 0);
    const mark = readJson<{ worker: { pid: number; start: string; bootId: string } }>(join(folder, "worker.json"));
    if (mark) await endProcess(mark.worker, 0);
  });
}

test("a start that was killed is taken over by the next one, which ends everything at Ctrl-C", async t => {
  const folder = temporaryFolder(t);
  const laptop = { LAPTOP_DIR: join(folder, "laptop") };
  endAllAfter(t, laptop.LAPTOP_DIR);

  const first = await start(t, folder, "npm run job -- show", "Sample scripts");
  const { spark, metastore, azure, snowflake, hdfs } = readEndpoints(laptop);
  assert.ok(spark && metastore && azure && snowflake && hdfs);
  const all = [spark, metastore, azure, snowflake, hdfs];
  assert.equal(statSync(endpointsFile(laptop)).mode & 0o777, 0o600);
  for (const service of all) {
    const addresses = listeners(service.pid);
    assert.ok(addresses.length > 0);
    for (const address of addresses) assert.match(address, /127\.0\.0\.1$/);
  }
  await t.test("the first start makes sample tables of several formats", async () => {
    const session = await openSession(spark.url);
    const tables = await session.command("show tables in sample");
    assert.deepEqual(tables.map(row => row.tableName).sort(), ["big_orders", "customers", "events", "orders"]);
    assert.deepEqual(await session.query("select count(*) as n from sample.orders"), [{ n: 100_000n }]);
    await session.release();
    session.close();
  });
  await t.test("HDFS comes after all that people wait for, with three scripts in it", async () => {
    assert.ok(first.said.indexOf("Ready in") < first.said.indexOf("  HDFS 3."));
    const names = (await webHdfs(hdfs).list("/my_project/scripts")).map(({ name }) => name);
    assert.deepEqual(names.sort(), ["always_fails.py", "fails_once.py", "works.py"]);
  });
  await t.test("the first start ends with what its sample job has proven at every place", () => {
    assert.match(first.said, /Sample job .*dropped, this once/);
    const lines = first.said.split("\n").map(text => text.trim().split(/ {2,}/));
    const head = lines.findIndex(([cell]) => cell === "table");
    assert.deepEqual(lines[head], ["table", "rows", "lake", "azure", "snowflake", "seconds"]);
    const rows = lines.slice(head + 1, head + 5).map(cells => cells.slice(0, 5).join(" "));
    assert.deepEqual(rows.sort(), [
      "hive.sample.big_orders 29,999 equal equal agrees",
      "hive.sample.customers 5,000 equal equal agrees",
      "hive.sample.events 20,000 equal equal agrees",
      "hive.sample.orders 100,000 equal equal agrees",
    ]);
  });

  first.child.kill("SIGKILL");
  await once(first.child, "exit");
  assert.ok(all.every(isAlive));

  const second = await start(t, folder, "Ready in", "  HDFS 3.");
  const now = readEndpoints(laptop);
  assert.deepEqual(
    [now.spark, now.metastore, now.azure, now.snowflake, now.hdfs].map(service => service?.pid),
    all.map(({ pid }) => pid),
  );
  assert.deepEqual(now.spark?.owner, identityOf(second.child.pid!));
  assert.match(second.said, /taken over/);
  assert.doesNotMatch(second.said, /Sample/);

  second.child.kill("SIGINT");
  await once(second.child, "exit");
  assert.equal(second.child.exitCode, 0);
  assert.equal(all.some(isAlive), false);
  assert.deepEqual(readEndpoints(laptop), {});
  const engines = readdirSync(join(folder, "data", "queue", "running")).filter(name => name.endsWith(".engine.json"));
  assert.deepEqual(engines, []);
});
