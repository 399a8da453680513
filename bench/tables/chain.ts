import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { execa } from "execa";
import { PROJECT } from "../../core/settings.ts";
import { layoutOf } from "../../core/store/layout.ts";
import { runChain } from "../measuring/chain.ts";
import { coldScript } from "../measuring/cold.ts";
import { judge, median, timed } from "../measuring/ratio.ts";
import { benchStack } from "../measuring/stack.ts";
import { asPython, recordJob } from "../measuring/statements.ts";

/*
 * A small Hive table all the way to Snowflake: one job file through queue and worker on the warm server, all proofs
 * included, against a spark-submit for each of the three stages with the same SQL and nothing else. The audit's export, which has no
 * SQL for Spark, follows in the same chain: what it adds is told beside.
 */
const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 3);
const WARM_UP = Number(process.env.BENCH_WARM_UP ?? 100);
// A name that is nobody's, since the stack may be one that is used.
const DATABASE = `bench_chain_${randomBytes(4).toString("hex")}`;
const NAMESPACE = `${DATABASE}_iceberg`;
const STAGES = {
  "ingest-hive": { database: DATABASE, tables: ["t"], ifExists: "replace" },
  "migrate-iceberg": { namespace: NAMESPACE, tables: ["t"] },
  "register-snowflake": { namespace: NAMESPACE, tables: ["t"] },
};
const TYPES = [...Object.keys(STAGES), "export-audit"];
const bench = await benchStack();
const layout = layoutOf(bench.settings.DATA_DIR);
const worker = execa(process.execPath, [join(PROJECT, "worker", "main.ts")], { stdio: "ignore", reject: false });

/** Seconds until the table is proven in Snowflake, and until the audit is there too; of it what each job ran. */
function chain(table: string) {
  const then = TYPES.slice(1).map(type => ({ type }));
  return runChain(layout, { ...STAGES["ingest-hive"], tables: [table] }, then);
}

try {
  const session = await bench.session();
  await session.command(`create database ${DATABASE}`);
  for (const table of ["t", "warm"]) {
    const rows = "select id, concat('v', id) as v from range(1000)";
    await session.command(`create table ${DATABASE}.${table} stored as parquet as ${rows}`);
  }
  const submit = coldScript(bench);
  // A server of some days runs compiled code only; this is how far it is after five minutes of work.
  for (let i = 0; i < WARM_UP; i++) await chain("warm");
  await chain("t");
  const stages: [string, string[]][] = [];
  for (const [type, parameters] of Object.entries(STAGES)) {
    const { statements } = await recordJob(session, bench.settings, type, parameters);
    stages.push([type, asPython(statements)]);
  }
  console.log(`  statements: ${stages.map(([type, lines]) => `${type} ${lines.length}`).join(", ")}`);
  const warm: number[] = [];
  const whole: number[] = [];
  const submitted: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    // What ran cold before has taken the machine's caches.
    for (let i = 0; i < 2; i++) await chain("warm");
    for (let i = 0; i < 3; i++) {
      const { proven, ended: exported, ran } = await chain("t");
      warm.push(proven);
      whole.push(exported);
      console.log(
        `  round ${round + 1}: chain ${proven.toFixed(2)} s, with the export ${exported.toFixed(2)} s ${JSON.stringify(ran)}`,
      );
    }
    const took: number[] = [];
    for (const [name, lines] of stages) took.push(await timed(() => submit(name, lines)));
    submitted.push(took.reduce((sum, seconds) => sum + seconds));
    console.log(
      `  round ${round + 1}: spark-submits ${submitted.at(-1)?.toFixed(2)} s (${took.map(s => s.toFixed(1)).join(" + ")})`,
    );
  }
  judge("cold spark-submits over the warm chain", median(submitted) / median(warm), { atLeast: 20 });
  console.log(`over the chain with the audit's export: ${(median(submitted) / median(whole)).toFixed(2)} x`);
  for (const catalog of ["lake", "azure"]) {
    for (const table of ["t", "warm"]) await session.command(`drop table ${catalog}.${NAMESPACE}.${table} purge`);
    await session.command(`drop namespace ${catalog}.${NAMESPACE}`);
  }
  await session.command(`drop database ${DATABASE} cascade`);
} finally {
  worker.nodeChildProcess.kill("SIGTERM");
  await worker;
  await bench.end();
}
