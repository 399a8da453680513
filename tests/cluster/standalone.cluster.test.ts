import assert from "node:assert/strict";
import type { ChildProcess } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import type { Session } from "../../connectors/spark/session.ts";
import { readEndpoints } from "../../core/endpoints.ts";
import { endProcess } from "../../core/system/end-process.ts";
import { newDatabase, testSession } from "../engines/lake.ts";
import { newWorld, type World } from "../journey/world.ts";
import { type Standalone, startStandalone, until } from "./standalone.ts";

const folder = mkdtempSync(join(tmpdir(), "portal-cluster-"));
const laptop = { LAPTOP_DIR: join(folder, "laptop") };
const ends: (() => void | Promise<void>)[] = [];
const later = { after: (end: () => void | Promise<void>) => void ends.unshift(end) };
let cluster: Standalone;
let world: World;
let worker: ChildProcess;
let session: Session;

before(async () => {
  cluster = await startStandalone(folder);
  later.after(() => cluster.stop());
  // After the worker has ended, which would start it again.
  later.after(async () => {
    const { spark } = readEndpoints(laptop);
    if (spark) await endProcess(spark);
  });
  world = newWorld(later);
  session = await testSession(later);
  worker = world.startWorker({
    ...{ SPARK_REMOTE: "", SPARK_MASTER: cluster.master, SPARK_CONF_FILE: confFile(), ...laptop },
  });
  await until(async () => (await cluster.executors()).length === 2);
});

after(async () => {
  for (const end of ends) await end();
  rmSync(folder, { recursive: true, force: true });
});

test("a job runs on the executors of a standalone cluster, and its copies are equal", async t => {
  const database = await newDatabase(t, session);
  await session.command(`create table ${database}.a stored as parquet as select id, id % 7 as g from range(100000)`);
  await session.command(`create table ${database}.b stored as orc as select id, 'ä' as text from range(50000)`);
  world.drop("equal.json", { type: "ingest-hive", parameters: { database, tables: ["a", "b"] } });
  const record = await world.record("equal.json");
  assert.equal(record.status, "succeeded", JSON.stringify(record.error));
  assert.deepEqual(
    record.tables.map(({ rows, proof }) => [rows, proof?.verdict]),
    [
      ["100000", "equal"],
      ["50000", "equal"],
    ],
  );
  assert.deepEqual(await filesOnDisk(database, "a"), await filesOfTable(database, "a"));
});

test("an executor that is killed in the middle of a copy leaves an equal table and no file beside it", async t => {
  const { database, id } = await copySlowly(t, "executor.json", 1);
  const [first] = await cluster.executors();
  process.kill(first ?? 0, "SIGKILL");
  const record = await world.record("executor.json");
  assert.equal(record.status, "succeeded", JSON.stringify(record.error));
  assert.equal(record.attempts.length, 1, id);
  assert.equal(record.tables[0]?.proof?.verdict, "equal");
  assert.equal(record.tables[0]?.rows, "12000");
  assert.ok(!(await cluster.executors()).includes(first ?? 0));
  assert.deepEqual(await filesOnDisk(database, "s"), await filesOfTable(database, "s"));
});

test("an application that is killed costs an attempt: Spark is started again, the next succeeds, and no file is left", async t => {
  const { database, id } = await copySlowly(t, "killed.json", 2);
  const [application] = await cluster.applications();
  await cluster.kill(application?.id ?? "");
  // A start of Spark and of its executors lies between the two attempts.
  await world.until("the second attempt's plan", () =>
    world.events(id).some(event => event.event === "planned" && event.attempt === 2),
  );
  const record = await world.record("killed.json");
  assert.equal(record.status, "succeeded", JSON.stringify(record.error));
  assert.deepEqual(
    record.attempts.map(({ exitCode }) => exitCode),
    [3, 0],
  );
  assert.match(record.attempts[0]?.error?.message ?? "", /application behind .* was ended/);
  assert.equal(record.tables[0]?.proof?.verdict, "equal");
  const [again, ...others] = await cluster.applications();
  assert.notEqual(again?.id, application?.id);
  assert.deepEqual(others, []);
  assert.deepEqual(await filesOnDisk(database, "s"), await filesOfTable(database, "s"));
});

test("Ctrl-C ends the worker's application and its executors", async () => {
  worker.kill("SIGINT");
  await until(async () => worker.exitCode !== null || worker.signalCode !== null);
  await until(
    async () => (await cluster.applications()).length === 0 && (await cluster.executors()).length === 0,
    15_000,
  );
  assert.equal(readEndpoints(laptop).spark, undefined);
});

/** Starts a copy that takes some fifteen seconds, and returns in the middle of it. */
async function copySlowly(t: Parameters<typeof newDatabase>[0], name: string, maxAttempts: number) {
  const database = await newDatabase(t, session);
  const nap = "reflect('java.lang.Thread', 'sleep', 2L)";
  await session.command(`create view ${database}.s as select id, ${nap} as nap from range(0, 12000, 1, 8)`);
  world.drop(name, { type: "ingest-hive", parameters: { database, tables: ["s"] }, maxAttempts });
  const id = await world.runningId();
  await world.until("the first tasks of the copy", () =>
    world.events(id).some(event => event.event === "progress" && event.step === "copy" && (event.done ?? 0) >= 2),
  );
  return { database, id };
}

async function filesOfTable(database: string, table: string): Promise<string[]> {
  const rows = await session.query(`select file_path as file from lake.${database}_iceberg.${table}.all_data_files`);
  return [...new Set(rows.map(row => String(row.file).replace(/^.*\//, "")))].sort();
}

async function filesOnDisk(database: string, table: string): Promise<string[]> {
  const [row] = await session.query(
    `select file from lake.${database}_iceberg.${table}.metadata_log_entries order by timestamp desc limit 1`,
  );
  const data = fileURLToPath(
    String(row?.file)
      .replace(/^file:\/*/, "file:///")
      .replace(/\/metadata\/.*$/, "/data"),
  );
  return readdirSync(data, { recursive: true, encoding: "utf8" })
    .filter(file => file.endsWith(".parquet"))
    .map(file => file.replace(/^.*\//, ""))
    .sort();
}

function confFile(): string {
  const file = join(folder, "spark.conf");
  const local = join(folder, "local");
  mkdirSync(local);
  const lines = [
    "spark.ui.enabled false",
    "spark.driver.host 127.0.0.1",
    "spark.driver.bindAddress 127.0.0.1",
    "spark.driver.memory 1g",
    "spark.driver.extraJavaOptions -XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
    "spark.executor.extraJavaOptions -XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
    "spark.executor.cores 1",
    "spark.executor.memory 768m",
    "spark.cores.max 2",
    "spark.sql.shuffle.partitions 4",
    "spark.hadoop.iceberg.engine.hive.lock-enabled false",
    `spark.local.dir ${local}`,
  ];
  writeFileSync(file, lines.join("\n"));
  return file;
}
