import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { readJson } from "../files/json.ts";
import { archivedRecord, layoutOf } from "../files/layout.ts";
import { submitJob } from "../files/submit.ts";
import { newId } from "../jobs/id.ts";
import type { JobRecord } from "../jobs/record.ts";
import { PROJECT } from "../settings.ts";
import { coldSpark } from "./cold.ts";
import { judge, median, timed } from "./ratio.ts";
import { benchStack } from "./stack.ts";

/*
 * A small Hive table all the way to Snowflake: one job file through queue and worker on the warm server, all proofs and
 * the audit's export included, against a spark-submit for each of the three stages with nothing but the SQL.
 */
const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 3);
const TYPES = ["ingest-hive", "migrate-iceberg", "register-snowflake", "export-audit"];
const bench = await benchStack();
const layout = layoutOf(bench.settings.DATA_DIR);
const worker = spawn(process.execPath, [join(PROJECT, "worker", "main.ts")], { stdio: "ignore" });

async function chain(): Promise<Record<string, number>> {
  const id = newId("ingest-hive");
  const then = TYPES.slice(1).map(type => ({ type }));
  submitJob(layout, id, {
    type: "ingest-hive",
    parameters: { database: "small", tables: ["t"], ifExists: "replace" },
    then,
  });
  const spent: Record<string, number> = {};
  for (let i = 0; i < TYPES.length; i++) {
    const record = await recordOf(`${id}${"-1".repeat(i)}`);
    if (record.status !== "succeeded") throw new Error(`${record.type}: ${record.error?.message}`);
    spent[record.type] = (Date.parse(record.finishedAt) - Date.parse(record.startedAt)) / 1000;
  }
  return spent;
}

async function recordOf(id: string): Promise<JobRecord> {
  for (;;) {
    const path = archivedRecord(layout, id);
    const record = path && readJson<JobRecord>(path);
    if (record) return record;
    await pause(10);
  }
}

try {
  const session = await bench.session();
  await session.command("create database small");
  await session.command("create table small.t stored as parquet as select id, concat('v', id) as v from range(1000)");
  const submit = coldSpark(bench);
  const cold = (round: number): [string, string[]][] => [
    [
      "ingest",
      [
        "create namespace if not exists lake.cold",
        `create table lake.cold.t${round} using iceberg as select * from spark_catalog.small.t`,
      ],
    ],
    [
      "migrate",
      [
        "create namespace if not exists azure.cold",
        `create table azure.cold.t${round} using iceberg as select * from lake.cold.t${round}`,
      ],
    ],
    [
      "register",
      [
        `select file from azure.cold.t${round}.metadata_log_entries order by timestamp desc limit 1`,
        `select count(*), count(id), min(id), max(id), count(v), min(v), max(v) from azure.cold.t${round}`,
      ],
    ],
  ];
  for (let i = 0; i < 3; i++) await chain();
  const warm: number[] = [];
  const submitted: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    let spent = {};
    warm.push(
      await timed(async () => {
        spent = await chain();
      }),
    );
    console.log(`  round ${round + 1}: chain ${warm.at(-1)?.toFixed(2)} s ${JSON.stringify(spent)}`);
    const stages: number[] = [];
    for (const [name, statements] of cold(round)) stages.push(await timed(() => submit(name, statements)));
    submitted.push(stages.reduce((sum, seconds) => sum + seconds));
    console.log(
      `  round ${round + 1}: spark-submits ${submitted.at(-1)?.toFixed(2)} s (${stages.map(s => s.toFixed(1)).join(" + ")})`,
    );
  }
  judge("cold spark-submits over the warm chain", median(submitted) / median(warm), { atLeast: 20 });
} finally {
  worker.kill("SIGTERM");
  if (worker.exitCode === null) await once(worker, "exit");
  await bench.end();
}
