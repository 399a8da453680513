import assert from "node:assert/strict";
import type { ChildProcess } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { type Cluster, until } from "../../bench/measuring/cluster.ts";
import { attachCatalogs } from "../../connectors/iceberg/catalogs.ts";
import { snowflakeAddress } from "../../connectors/snowflake/address.ts";
import { openSnowflake } from "../../connectors/snowflake/connect.ts";
import type { Session } from "../../connectors/spark/session.ts";
import { readEndpoints, recordEndpoint } from "../../core/endpoints.ts";
import type { JobRecord } from "../../core/jobs/record.ts";
import { requestCancel } from "../../core/store/cancel.ts";
import { endProcess } from "../../core/system/end-process.ts";
import { newDatabase, settings, testSession } from "../engines/lake.ts";
import { newWorld, type World } from "../journey/world.ts";
import { filesOfTable, filesOnDisk } from "./files.ts";

/** Whether only the short form was asked for: `npm test -- --cluster=short`. */
export const isShort = process.env.CLUSTER_FACTS === "short";

type Ends = { after(end: () => void | Promise<void>): void };

/**
 * What holds on every cluster, with a worker whose Spark is an application there, beside the metastore, Azurite and stand-in of the
 * run. In the short form only a chain, an executor that is killed in it, and the end.
 */
export function clusterFacts(start: (folder: string, ends: Ends) => Promise<Cluster>): void {
  const folder = mkdtempSync(join(tmpdir(), "portal-cluster-"));
  const laptop = { LAPTOP_DIR: join(folder, "laptop") };
  const scripts = join(folder, "scripts");
  const ends: (() => void | Promise<void>)[] = [];
  const later = { after: (end: () => void | Promise<void>) => void ends.unshift(end) };
  let cluster: Cluster;
  let world: World;
  let worker: ChildProcess;
  let session: Session;
  const startWorker = () => {
    worker = world.startWorker({
      ...{ SPARK_REMOTE: "", SPARK_CONF_FILE: join(folder, "spark.conf"), SCRIPTS_DIR: scripts },
      ...{ ...laptop, ...cluster.settings },
    });
  };
  const ended = () => until(() => worker.exitCode !== null || worker.signalCode !== null);

  before(async () => {
    later.after(() => rmSync(folder, { recursive: true, force: true }));
    cluster = await start(folder, later);
    later.after(() => cluster.stop());
    // After the worker has ended, which would start it again.
    later.after(async () => {
      const { spark } = readEndpoints(laptop);
      if (spark) await endProcess(spark);
    });
    writeFiles();
    world = newWorld(later);
    session = await testSession(later);
    await attachCatalogs(session, settings, ["azure"]);
    startWorker();
    await until(async () => (await cluster.executors()).length > 0, 300_000);
  });

  after(async () => {
    for (const end of ends) await end();
  });

  // Everything that the run's stack has but its Spark; and a script each that ends and that does not.
  function writeFiles(): void {
    const shared = readEndpoints(settings);
    recordEndpoint(laptop, "azure", shared.azure);
    recordEndpoint(laptop, "snowflake", shared.snowflake);
    mkdirSync(join(laptop.LAPTOP_DIR, "snowflake"));
    cpSync(join(settings.LAPTOP_DIR, "snowflake", "password"), join(laptop.LAPTOP_DIR, "snowflake", "password"));
    mkdirSync(join(folder, "local"));
    writeFileSync(
      join(folder, "spark.conf"),
      [...SMALL, `spark.local.dir ${join(folder, "local")}`, ...cluster.conf].join("\n"),
    );
    mkdirSync(scripts);
    const head = "from pyspark.sql import SparkSession\nspark = SparkSession.builder.getOrCreate()\n";
    const where = "print('ran on', spark.sparkContext.master, spark.range(1000).count())\n";
    writeFileSync(join(scripts, "ends.py"), `${head}${where}`);
    const nap =
      "spark.sql(\"select max(nap) from (select reflect('java.lang.Thread', 'sleep', 1000L) as nap from range(600))\").collect()\n";
    writeFileSync(join(scripts, "goes_on.py"), `${head}${where}${nap}`);
  }

  /** Starts a copy that takes some fifteen seconds, and returns in the middle of it. */
  async function copySlowly(
    t: Parameters<typeof newDatabase>[0],
    name: string,
    job: { maxAttempts?: number; then?: (database: string) => object[]; beside?: boolean },
  ) {
    const database = await newDatabase(t, session);
    const nap = "reflect('java.lang.Thread', 'sleep', 1L)";
    await session.command(`create view ${database}.s as select id, ${nap} as nap from range(0, 12000, 1, 8)`);
    if (job.beside) await session.command(`create table ${database}.a stored as parquet as select id from range(10)`);
    world.drop(name, {
      ...{ type: "ingest-hive", parameters: { database, tables: job.beside ? ["a", "s"] : ["s"] } },
      ...(job.maxAttempts && { maxAttempts: job.maxAttempts }),
      ...(job.then && { then: job.then(database) }),
    });
    const id = await world.runningId();
    await world.until("the first tasks of the copy", () =>
      world
        .events(id)
        .some(
          event =>
            event.event === "progress" && event.step === "copy" && /\.s$/.test(event.table) && (event.done ?? 0) >= 2,
        ),
    );
    return { database, id };
  }

  async function assertCopied(record: JobRecord, database: string): Promise<void> {
    assert.equal(record.status, "succeeded", JSON.stringify(record.error));
    const copied = record.tables.find(({ table }) => table.endsWith(".s"));
    assert.deepEqual([copied?.rows, copied?.proof?.verdict], ["12000", "equal"]);
    assert.deepEqual(
      await filesOnDisk(session, `lake.${database}_iceberg.s`),
      await filesOfTable(session, `lake.${database}_iceberg.s`),
    );
  }

  test("a chain goes from Hive to Snowflake, equal and with no file beside it, though an executor is killed in mid-copy", async t => {
    const then = (schema: string) => [
      { type: "migrate-iceberg" },
      { type: "register-snowflake", parameters: { schema } },
    ];
    const { database, id } = await copySlowly(t, "chain.json", { then });
    const [first = 0] = await cluster.executors();
    process.kill(first, "SIGKILL");
    const records = [];
    for (const name of ["chain.json", `${id}-1`, `${id}-1-1`]) records.push(await world.record(name));
    assert.deepEqual(
      records.map(({ status, error }) => error?.message ?? status),
      ["succeeded", "succeeded", "succeeded"],
    );
    assert.deepEqual(
      records.map(({ tables, attempts }) => [tables[0]?.rows, tables[0]?.proof?.verdict, attempts.length]),
      [
        ["12000", "equal", 1],
        ["12000", "equal", 1],
        ["12000", "agrees", 1],
      ],
    );
    await assertCopied(records[0] as JobRecord, database);
    assert.ok(!(await cluster.executors()).includes(first));
    const snowflake = await openSnowflake({ ...snowflakeAddress(settings), schema: database });
    t.after(() => snowflake.close());
    const [sums] = await snowflake.run(`SELECT COUNT(*) AS N, SUM(id)::VARCHAR AS S FROM portal.${database}.s`);
    assert.deepEqual(sums, { N: "12000", S: String((12_000 * 11_999) / 2) });
  });

  test("an application that is killed costs an attempt: Spark is started again, the next succeeds, and no file is left", {
    skip: isShort,
  }, async t => {
    const { database, id } = await copySlowly(t, "killed.json", { maxAttempts: 2 });
    const [application] = await cluster.applications();
    await cluster.kill(application?.id ?? "");
    // A start of Spark and of its executors lies between the two attempts.
    await world.until("the second attempt's plan", () =>
      world.events(id).some(event => event.event === "planned" && event.attempt === 2),
    );
    const record = await world.record("killed.json");
    assert.deepEqual(
      record.attempts.map(({ exitCode }) => exitCode),
      [3, 0],
      JSON.stringify(record.attempts),
    );
    assert.match(record.attempts[0]?.error?.message ?? "", /application behind .* was ended/);
    await assertCopied(record, database);
    const [again, ...others] = await cluster.applications();
    assert.notEqual(again?.id, application?.id);
    assert.deepEqual(others, []);
  });

  test("a worker that is restarted in mid-job goes on with the same application, and nothing is done twice", {
    skip: isShort,
  }, async t => {
    const { database, id } = await copySlowly(t, "restarted.json", { beside: true });
    await world.until("the other table's end", () => world.events(id).some(({ event }) => event === "table-ended"));
    const before = await cluster.applications();
    worker.kill("SIGTERM");
    await ended();
    startWorker();
    const record = await world.record("restarted.json");
    await assertCopied(record, database);
    assert.equal(record.attempts.length, 1);
    const begun = world.events(id).flatMap(event => (event.event === "table-started" ? [event.table] : []));
    assert.deepEqual(begun.sort(), [`hive.${database}.a`, `hive.${database}.s`]);
    assert.deepEqual(await cluster.applications(), before);
  });

  test("a script runs as an application of its own, and a cancel ends it there", { skip: isShort }, async () => {
    const conf = { "spark.executor.memory": "512m" };
    const own = await cluster.applications();
    world.drop("ends.json", { type: "run-script", parameters: { paths: [join(scripts, "ends.py")], conf } });
    const record = await world.record("ends.json");
    assert.equal(record.status, "succeeded", world.everything().slice(-5000));
    const isAlone = async () => (await cluster.applications()).length === own.length;
    await until(isAlone);
    world.drop("goes-on.json", { type: "run-script", parameters: { paths: [join(scripts, "goes_on.py")], conf } });
    const id = await world.runningId();
    await until(async () => (await cluster.applications()).length === own.length + 1);
    await until(async () => (await cluster.executors()).length === 2);
    requestCancel(world.layout, id, { by: "test", at: new Date().toISOString() });
    const cancelled = await world.record("goes-on.json");
    assert.equal(cancelled.status, "cancelled");
    assert.ok(!world.events(id).some(({ event }) => event === "left-behind"));
    await until(async () => (await isAlone()) && (await cluster.executors()).length === 1);
    assert.deepEqual(await cluster.applications(), own);
  });

  test("Ctrl-C ends the worker's application and its executors", async () => {
    worker.kill("SIGINT");
    await ended();
    await until(
      async () => (await cluster.applications()).length === 0 && (await cluster.executors()).length === 0,
      15_000,
    );
    assert.equal(readEndpoints(laptop).spark, undefined);
  });
}

// One small executor, that all fits beside the run's stack on a machine of two cores.
const SMALL = [
  "spark.ui.enabled false",
  "spark.driver.host 127.0.0.1",
  "spark.driver.bindAddress 127.0.0.1",
  "spark.driver.memory 1g",
  "spark.driver.extraJavaOptions -XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
  "spark.executor.extraJavaOptions -XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
  "spark.executor.cores 1",
  "spark.executor.memory 768m",
  "spark.sql.shuffle.partitions 2",
  "spark.hadoop.iceberg.engine.hive.lock-enabled false",
];
