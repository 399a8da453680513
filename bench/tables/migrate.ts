import { randomBytes } from "node:crypto";
import { runJob } from "../measuring/job.ts";
import { byTurns, judge } from "../measuring/ratio.ts";
import { benchStack } from "../measuring/stack.ts";

/*
 * One large Iceberg table from the lake to Azure: the job without and with proof, against the bare statement. BENCH_ROWS
 * rows; 18 million are about 1 GB of Parquet.
 */
const ROWS = Number(process.env.BENCH_ROWS ?? 18_000_000);
const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 3);
// A name that is nobody's, since the stack may be one that is used.
const NAMESPACE = `bench_migrate_${randomBytes(4).toString("hex")}`;
// Values as tables have them: keys, a few repeated words, money, times, and text that does not compress away.
const COLUMNS = `id, id * 7919 % 100003 as customer, cast(id % 1000000 / 7 as decimal(12,2)) as amount,
  element_at(array('DE', 'FR', 'NL', 'PL', 'ZA'), cast(id % 5 + 1 as int)) as country,
  timestamp_seconds(1767225600 + id * 13 % 31536000) as at, sha2(cast(id as string), 256) as token,
  concat('note ', hash(id), ' ', hash(id, 1)) as note, id % 3 = 0 as active, id / 11 as ratio`;

const bench = await benchStack();
try {
  const { settings } = bench;
  const session = await bench.session();
  await session.command(`create namespace lake.${NAMESPACE}`);
  for (const [table, rows] of [
    ["t", ROWS],
    ["warm", 10_000],
  ] as const)
    await session.command(
      `create table lake.${NAMESPACE}.${table} using iceberg as select ${COLUMNS} from range(${rows})`,
    );
  const [size] = await session.query(
    `select sum(file_size_in_bytes) as bytes, count(*) as files from lake.${NAMESPACE}.t.files`,
  );
  console.log(`${ROWS} rows, ${(Number(size?.bytes) / 1e6).toFixed(0)} MB in ${size?.files} files`);
  const at = (to: string) => `${NAMESPACE}_${to}`;
  const bare = async (to: string, table = "t") => {
    await session.command(`create namespace azure.${at(to)}`);
    await session.command(
      `create table azure.${at(to)}.${table} using iceberg as select * from lake.${NAMESPACE}.${table}`,
    );
  };
  const job = (to: string, verify: string, table = "t") =>
    runJob(settings, "migrate-iceberg", { namespace: NAMESPACE, tables: [table], targetNamespace: at(to), verify });
  // Each round's copies go before the next, so that the disk holds one of each; that time is nobody's.
  const drop = async (to: string, table = "t") => {
    await session.command(`drop table azure.${at(to)}.${table} purge`);
    await session.command(`drop namespace azure.${at(to)}`);
  };
  for (let i = 0; i < 3; i++) {
    await bare(`warm_bare_${i}`, "warm");
    await job(`warm_job_${i}`, "read-back", "warm");
    for (const way of ["bare", "job"]) await drop(`warm_${way}_${i}`, "warm");
  }
  const seconds = { bare: [] as number[], none: [] as number[], "read-back": [] as number[] };
  for (let round = 0; round < ROUNDS; round++) {
    const took = await byTurns(1, {
      bare: () => bare(`bare_${round}`),
      none: () => job(`none_${round}`, "none"),
      "read-back": () => job(`proven_${round}`, "read-back"),
    });
    for (const way of ["bare", "none", "read-back"] as const) seconds[way].push(took[way]);
    for (const to of ["bare", "none", "proven"]) await drop(`${to}_${round}`);
  }
  const ratio = (way: "none" | "read-back") =>
    seconds[way].reduce((a, b) => a + b) / seconds.bare.reduce((a, b) => a + b);
  judge("without proof", ratio("none"), { atMost: 1.15 });
  judge("with read-back proof", ratio("read-back"), { atMost: 1.6 });
  for (const table of ["t", "warm"]) await session.command(`drop table lake.${NAMESPACE}.${table} purge`);
  await session.command(`drop namespace lake.${NAMESPACE}`);
} finally {
  await bench.end();
}
