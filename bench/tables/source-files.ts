import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { readEndpoints } from "../../core/endpoints.ts";
import { ingestTable } from "../../engines/ingest-hive/reading/read-source.ts";
import { planOne } from "../measuring/ingest.ts";
import { byTurns, judge } from "../measuring/ratio.ts";
import { benchStack } from "../measuring/stack.ts";

/*
 * What it costs to hold the files of a Hive table that were read against those that Hive would read: BENCH_FILES files of
 * Parquet in 200 partitions, BENCH_ROWS rows, with and without, both proven by hashes.
 */
const FILES = Number(process.env.BENCH_FILES ?? 10_000);
const ROWS = Number(process.env.BENCH_ROWS ?? 10_000_000);
const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 5);
const PARTITIONS = 200;
const database = `bench_files_${randomBytes(4).toString("hex")}`;

const bench = await benchStack();
try {
  const { settings } = bench;
  const session = await bench.session();
  const spark = readEndpoints(settings).spark?.pid ?? 0;
  await session.command(`create database spark_catalog.${database}`);
  await session.command(
    `create table spark_catalog.${database}.t (id bigint, v string, n int) partitioned by (p int) stored as parquet`,
  );
  await session.config.set({ "hive.exec.dynamic.partition.mode": "nonstrict", "spark.sql.shuffle.partitions": "200" });
  await session.command(
    `insert into spark_catalog.${database}.t select /*+ repartition(${PARTITIONS}, p) */ id, concat('v', id), cast(id % 7 as int), cast(id % ${PARTITIONS} as int) as p from range(${ROWS})
     `,
  );
  // As many files in each partition, by limiting their rows.
  await session.config.set({ "spark.sql.files.maxRecordsPerFile": String(Math.ceil(ROWS / FILES)) });
  await session.command(
    `create table spark_catalog.${database}.many (id bigint, v string, n int) partitioned by (p int) stored as parquet`,
  );
  await session.command(
    `insert overwrite spark_catalog.${database}.many select /*+ repartition(${PARTITIONS}, p) */ * from spark_catalog.${database}.t`,
  );
  await session.config.unset(["spark.sql.files.maxRecordsPerFile"]);
  console.log(`${(await session.inputFiles(`select * from spark_catalog.${database}.many`)).length} files`);

  const copy = async (name: string, withFiles: boolean) => {
    const { step, context } = await planOne(bench, {
      ...{ database, tables: ["many"], namespace: `${database}_${name}` },
    });
    const own = await context.spark();
    await own.config.set({ "spark.sql.hive.convertMetastoreParquet": "true" });
    const { hive: _, ...bare } = step.detail;
    const before = [processorSeconds(spark), performance.now()] as const;
    const { outcome } = await ingestTable(withFiles ? step : { ...step, detail: bare }, context);
    const took = [processorSeconds(spark) - before[0], (performance.now() - before[1]) / 1000] as const;
    console.log(`  ${name}: ${outcome}, ${took[1].toFixed(2)} s, ${took[0].toFixed(2)} s of Spark's processor time`);
    await own.command(`drop table lake.${database}_${name}.many purge`);
    await own.command(`drop namespace lake.${database}_${name}`);
    return took;
  };
  for (let i = 0; i < 2; i++) {
    await copy(`warm_bare_${i}`, false);
    await copy(`warm_files_${i}`, true);
  }
  const sums = { bare: [0, 0], files: [0, 0] };
  await byTurns(ROUNDS, {
    bare: async round => add(sums.bare, await copy(`bare_${round}`, false)),
    files: async round => add(sums.files, await copy(`files_${round}`, true)),
  });
  const ratio = (i: 0 | 1) => (sums.files[i] ?? 0) / (sums.bare[i] ?? 1);
  judge("files held against those listed, processor time", ratio(0), { atMost: 1.05 });
  judge("files held against those listed, time on the clock", ratio(1), { atMost: 1.05 });
  await session.command(`drop database spark_catalog.${database} cascade`);
} finally {
  await bench.end();
}

function add(sums: number[], took: readonly number[]): void {
  for (const [i, seconds] of took.entries()) sums[i] = (sums[i] ?? 0) + seconds;
}

// On a machine that does something else a time on the clock says little.
function processorSeconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
  return (Number(fields[11]) + Number(fields[12])) / 100;
}
