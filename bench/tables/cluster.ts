import { randomBytes } from "node:crypto";
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { attachCatalogs } from "../../connectors/iceberg/catalogs.ts";
import { openTableSession } from "../../connectors/iceberg/session.ts";
import type { Session } from "../../connectors/spark/session.ts";
import { readEndpoints, recordEndpoint } from "../../core/endpoints.ts";
import { PROJECT, type Settings } from "../../core/settings.ts";
import { layoutOf, prepareLayout } from "../../core/store/layout.ts";
import { runChain } from "../measuring/chain.ts";
import { type Cluster, until } from "../measuring/cluster.ts";
import { runJob } from "../measuring/job.ts";
import { byTurns, judge } from "../measuring/ratio.ts";
import { type Bench, benchStack } from "../measuring/stack.ts";
import { startYarn } from "../measuring/yarn.ts";

/*
 * One warm application with two executors on a YARN of this machine. A small Hive table until it is proven in Snowflake, through a worker
 * on it and through one on the laptop's local Spark; and BENCH_ROWS rows from the lake to Azure, as a job and as the bare statement.
 */
const ROWS = Number(process.env.BENCH_ROWS ?? 18_000_000);
const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 3);
const WARM_UP = Number(process.env.BENCH_WARM_UP ?? 100);
const DATABASE = `bench_cluster_${randomBytes(4).toString("hex")}`;
const NAMESPACE = `${DATABASE}_iceberg`;
// As the laptop's own Spark is started.
const JVM = "-XX:ReservedCodeCacheSize=384m -XX:+UseSerialGC";
const SPARK = [
  ...["spark.executor.instances 2", "spark.executor.cores 1", "spark.executor.memory 1g", "spark.driver.memory 2g"],
  ...["spark.driver.host 127.0.0.1", "spark.driver.bindAddress 127.0.0.1", "spark.ui.enabled false"],
  ...[`spark.driver.extraJavaOptions ${JVM}`, `spark.executor.extraJavaOptions ${JVM}`],
  ...["spark.sql.shuffle.partitions 8", "spark.hadoop.iceberg.engine.hive.lock-enabled false"],
];
const COLUMNS = `id, id * 7919 % 100003 as customer, cast(id % 1000000 / 7 as decimal(12,2)) as amount,
  timestamp_seconds(1767225600 + id * 13 % 31536000) as at, sha2(cast(id as string), 256) as token,
  concat('note ', hash(id), ' ', hash(id, 1)) as note, id % 3 = 0 as active, id / 11 as ratio`;

const bench = await benchStack();
const folder = mkdtempSync(join(tmpdir(), "portal-bench-cluster-"));
bench.atEnd(() => rmSync(folder, { recursive: true, force: true }));
try {
  const cluster = await startYarn(folder, { megabytes: 8192 });
  bench.atEnd(() => cluster.stop());
  const there = beside(bench, cluster);
  startWorker({});
  startWorker({ ...there, SPARK_CONF_FILE: join(folder, "spark.conf"), ...cluster.settings });
  await until(async () => (await cluster.executors()).length === 2, 400_000);
  const SPARK_REMOTE = readEndpoints(there).spark?.url ?? "";
  const settings: Settings = { ...bench.settings, ...there, SPARK_REMOTE };
  const session = await openTableSession(settings);
  bench.atEnd(() => session.release().finally(() => session.close()));
  await attachCatalogs(session, settings, ["hive", "lake", "azure"]);
  await chains(session, { local: bench.settings.DATA_DIR, yarn: there.DATA_DIR });
  await large(session, settings);
} finally {
  await bench.end();
}

/** The settings of a worker with a Spark of its own that has all else from the laptop stack. */
function beside({ settings }: Bench, cluster: Cluster) {
  const there = { LAPTOP_DIR: join(folder, "laptop"), DATA_DIR: join(folder, "data") };
  const laptop = readEndpoints(settings);
  mkdirSync(join(there.LAPTOP_DIR, "snowflake"), { recursive: true });
  recordEndpoint(there, "azure", laptop.azure);
  recordEndpoint(there, "snowflake", laptop.snowflake);
  const password = join("snowflake", "password");
  cpSync(join(settings.LAPTOP_DIR, password), join(there.LAPTOP_DIR, password));
  prepareLayout(layoutOf(there.DATA_DIR));
  writeFileSync(join(folder, "spark.conf"), [...cluster.conf, ...SPARK].join("\n"));
  return {
    ...there,
    HIVE_METASTORE_URI: laptop.metastore?.url ?? "",
    LAKE_WAREHOUSE: `file:${join(settings.LAPTOP_DIR, "warehouse", "lake")}`,
    AZURE_CATALOG_URI: `jdbc:sqlite:${join(settings.LAPTOP_DIR, "azure.db")}`,
  };
}

function startWorker(env: Record<string, string>): void {
  const worker = execa(process.execPath, [join(PROJECT, "worker", "main.ts")], { stdio: "ignore", reject: false, env });
  bench.atEnd(async () => {
    // Ends its Spark, too.
    worker.nodeChildProcess.kill("SIGINT");
    await worker;
  });
}

async function chains(session: Session, folders: Record<"local" | "yarn", string>): Promise<void> {
  await session.command(`create database ${DATABASE}`);
  await session.command(
    `create table ${DATABASE}.t stored as parquet as select id, concat('v', id) as v from range(1000)`,
  );
  const then = [{ type: "migrate-iceberg" }, { type: "register-snowflake" }];
  // Tables of their own: each way replaces what it has made before.
  const chain = (way: "local" | "yarn") => {
    const namespace = `${NAMESPACE}_${way}`;
    const parameters = { database: DATABASE, tables: ["t"], namespace, ifExists: "replace" };
    return runChain(layoutOf(folders[way]), parameters, then);
  };
  for (let i = 0; i < WARM_UP; i++) for (const way of ["local", "yarn"] as const) await chain(way);
  const took = await byTurns(3 * ROUNDS, { local: () => chain("local"), yarn: () => chain("yarn") });
  judge("the chain on YARN over the laptop's local mode", took.yarn / took.local, { atMost: 1.3 });
  console.log(`  load ${loadavg()[0]?.toFixed(1)}`);
  for (const way of ["local", "yarn"])
    for (const catalog of ["lake", "azure"]) {
      await session.command(`drop table ${catalog}.${NAMESPACE}_${way}.t purge`);
      await session.command(`drop namespace ${catalog}.${NAMESPACE}_${way}`);
    }
  await session.command(`drop database ${DATABASE} cascade`);
}

async function large(session: Session, settings: Settings): Promise<void> {
  await session.command(`create namespace lake.${NAMESPACE}`);
  const tables = { t: ROWS, warm: 10_000 };
  for (const [table, rows] of Object.entries(tables))
    await session.command(
      `create table lake.${NAMESPACE}.${table} using iceberg as select ${COLUMNS} from range(${rows})`,
    );
  const ways = {
    bare: async (table: string) => {
      await session.command(`create namespace if not exists azure.${NAMESPACE}_bare`);
      await session.command(
        `create table azure.${NAMESPACE}_bare.${table} using iceberg as select * from lake.${NAMESPACE}.${table}`,
      );
    },
    job: (table: string) =>
      runJob(settings, "migrate-iceberg", {
        ...{ namespace: NAMESPACE, tables: [table], targetNamespace: `${NAMESPACE}_job`, verify: "none" },
      }),
  };
  const drop = async (table: string) => {
    for (const way of Object.keys(ways)) await session.command(`drop table azure.${NAMESPACE}_${way}.${table} purge`);
  };
  for (let i = 0; i < 3; i++) {
    for (const way of Object.values(ways)) await way("warm");
    await drop("warm");
  }
  const all = { bare: 0, job: 0 };
  for (let round = 0; round < ROUNDS; round++) {
    const took = await byTurns(1, { bare: () => ways.bare("t"), job: () => ways.job("t") });
    for (const way of ["bare", "job"] as const) all[way] += took[way];
    await drop("t");
  }
  judge(`${ROWS} rows on two executors over the bare statement`, all.job / all.bare, { atMost: 1.15 });
  console.log(`  load ${loadavg()[0]?.toFixed(1)}`);
  for (const table of Object.keys(tables)) await session.command(`drop table lake.${NAMESPACE}.${table} purge`);
  for (const name of [`lake.${NAMESPACE}`, `azure.${NAMESPACE}_bare`, `azure.${NAMESPACE}_job`])
    await session.command(`drop namespace ${name}`);
}
