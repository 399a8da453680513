import { randomBytes } from "node:crypto";
import { runJob } from "../measuring/job.ts";
import { byTurns, judge } from "../measuring/ratio.ts";
import { benchStack } from "../measuring/stack.ts";

/*
 * Two Iceberg tables that hold the same rows: the comparison against the two bare scans, which read every value of every
 * column and count them. BENCH_ROWS rows in each; 18 million are about 1 GB of Parquet.
 */
const ROWS = Number(process.env.BENCH_ROWS ?? 18_000_000);
const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 3);
const NAMESPACE = `bench_compare_${randomBytes(4).toString("hex")}`;
const COLUMNS: Readonly<Record<string, string>> = {
  id: "id",
  customer: "id * 7919 % 100003",
  amount: "cast(id % 1000000 / 7 as decimal(12,2))",
  country: "element_at(array('DE', 'FR', 'NL', 'PL', 'ZA'), cast(id % 5 + 1 as int))",
  at: "timestamp_seconds(1767225600 + id * 13 % 31536000)",
  token: "sha2(cast(id as string), 256)",
  note: "concat('note ', hash(id), ' ', hash(id, 1))",
  active: "id % 3 = 0",
  ratio: "id / 11",
};

const bench = await benchStack();
try {
  const { settings } = bench;
  const session = await bench.session();
  // Else the counts would come from the manifests.
  await session.config.set({ "spark.sql.iceberg.aggregate-push-down.enabled": "false" });
  const select = Object.entries(COLUMNS).map(([name, sql]) => `${sql} as ${name}`);
  await session.command(`create namespace lake.${NAMESPACE}`);
  const tables = { left: ROWS, right: ROWS, warm: 10_000 };
  for (const [table, rows] of Object.entries(tables))
    await session.command(
      `create table lake.${NAMESPACE}.${table} using iceberg as select ${select.join(", ")} from range(${rows})`,
    );
  const counts = Object.keys(COLUMNS).map(name => `count(${name}) as ${name}`);
  const scan = (table: string) => session.query(`select ${counts.join(", ")} from lake.${NAMESPACE}.${table}`);
  const compare = (left: string, right: string) =>
    runJob(settings, "compare-tables", { left: `lake.${NAMESPACE}.${left}`, right: `lake.${NAMESPACE}.${right}` });
  for (let i = 0; i < 3; i++) {
    await scan("warm");
    await compare("warm", "warm");
  }
  const took = await byTurns(ROUNDS, {
    scans: async () => {
      await scan("left");
      await scan("right");
    },
    comparison: () => compare("left", "right"),
  });
  judge("the comparison against two bare scans", took.comparison / took.scans, { atMost: 1.3 });
  for (const table of Object.keys(tables)) await session.command(`drop table lake.${NAMESPACE}.${table} purge`);
  await session.command(`drop namespace lake.${NAMESPACE}`);
} finally {
  await bench.end();
}
