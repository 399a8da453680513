import { randomBytes } from "node:crypto";
import { mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { viewOf } from "../../connectors/hive/acid/views.ts";
import type { Metastore, MetastoreTable } from "../../connectors/hive/metastore/metastore.ts";
import { sparkLiteral, sqlName } from "../../connectors/iceberg/names.ts";
import { ingestTable } from "../../engines/ingest-hive/reading/read-source.ts";
import type { TransactionalTables } from "../../engines/ingest-hive/transactional/metastore.ts";
import { planRead } from "../../engines/ingest-hive/transactional/plan-read.ts";
import { planOne } from "../measuring/ingest.ts";
import { byTurns, judge } from "../measuring/ratio.ts";
import { benchStack } from "../measuring/stack.ts";

/*
 * A transactional table of BENCH_ROWS rows in 50 deltas, of which five more deltas delete a tenth, against the same rows as plain
 * ORC: each the whole ingest, planned and proven by hashes. The metastore's answers are made here; the files are Spark's.
 */
const ROWS = Number(process.env.BENCH_ROWS ?? 10_000_000);
const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 3);
const [INSERTS, DELETES] = [45, 5];
const EACH = Math.ceil(ROWS / INSERTS);
const COLUMNS = [
  ["id", "bigint", "id"],
  ["name", "string", "concat('name ', id % 1000003)"],
  ["amount", "decimal(12,2)", "cast(id % 1000000 / 7 as decimal(12,2))"],
  ["day", "date", "date_add(date'2020-01-01', cast(id % 1000 as int))"],
  ["share", "double", "id / 11"],
  ["active", "boolean", "id % 3 = 0"],
] as const;
const ROW = `struct<${COLUMNS.map(([name, type]) => `${name}:${type}`).join(", ")}>`;
const database = `bench_acid_${randomBytes(4).toString("hex")}`;

const bench = await benchStack();
const folder = mkdtempSync(join(tmpdir(), "portal-bench-acid-"));
try {
  const session = await bench.session();
  await session.command(`create database spark_catalog.${database}`);
  await session.command(
    `create table spark_catalog.${database}.plain stored as orc as select ${COLUMNS.map(([name, , value]) => `${value} as ${name}`).join(", ")} from range(0, ${ROWS}, 1, ${INSERTS}) where id % 10 != 0`,
  );
  const write = async (kind: string, first: number, count: number, select: string) => {
    const made = join(folder, `made_${kind}`);
    await session.command(`insert overwrite directory ${sparkLiteral(made)} using orc ${select}`);
    for (const file of readdirSync(made).filter(name => name.endsWith(".orc"))) {
      const id = String(first + Number(/^part-(\d+)/.exec(file)?.[1])).padStart(7, "0");
      mkdirSync(join(folder, "t", `${kind}_${id}_${id}_0000`), { recursive: true });
      renameSync(join(made, file), join(folder, "t", `${kind}_${id}_${id}_0000`, "bucket_00000"));
    }
    console.log(`${kind}: ${count} directories`);
  };
  const row = `named_struct(${COLUMNS.map(([name, , value]) => `'${name}', ${value}`).join(", ")})`;
  const event = (id: string) =>
    `1L + ${id} div ${EACH} as originalTransaction, 536870912 as bucket, ${id} % ${EACH} as rowId`;
  await write(
    "delta",
    1,
    INSERTS,
    `select 0 as operation, ${event("id")}, 1L + id div ${EACH} as currentTransaction, ${row} as row from range(0, ${EACH * INSERTS}, 1, ${INSERTS}) where id < ${ROWS}`,
  );
  await write(
    "delete_delta",
    INSERTS + 1,
    DELETES,
    `select 2 as operation, ${event("(id * 10)")}, ${INSERTS + 1}L + spark_partition_id() as currentTransaction, cast(null as ${ROW}) as row from range(0, ${Math.ceil(ROWS / 10)}, 1, ${DELETES})`,
  );
  const valid = { high: INSERTS + DELETES, open: [], aborted: [] };
  const table: MetastoreTable = {
    ...{ database, name: "t", type: "MANAGED_TABLE", location: `file:${join(folder, "t")}`, buckets: -1 },
    columns: COLUMNS.map(([name, type]) => ({ name, type })),
    ...{ partitionColumns: [], bucketColumns: [], serdeProperties: {}, createdAt: 0 },
    inputFormat: "org.apache.hadoop.hive.ql.io.orc.OrcInputFormat",
    serde: "org.apache.hadoop.hive.ql.io.orc.OrcSerde",
    properties: { transactional: "true" },
  };
  const metastore = { writeIds: async () => valid, partitions: async () => [] } as unknown as Metastore;

  const ingest = async (name: string, isTransactional: boolean) => {
    const { step, context } = await planOne(bench, {
      ...{ database, tables: ["plain"], namespace: `${database}_${name}` },
    });
    const own = await context.spark();
    if (!step.detail.hive) throw new Error(`nothing was planned: ${step.why}`);
    if (isTransactional) {
      const alone = <T>(run: () => Promise<T>) => run();
      const planned = { ...(await planRead(own, metastore, table, { transactions: valid, alone })), table };
      const { detail } = step;
      detail.select = `${detail.select.slice(0, detail.select.lastIndexOf(" from "))} from ${viewOf(database, "t")}`;
      step.detail.hive.transactional = { planned, tables: {} as TransactionalTables };
    }
    const { outcome, rows } = await ingestTable(step, context);
    console.log(`  ${name}: ${outcome}, ${rows} rows`);
    await own.command(`drop table ${sqlName(step.detail.target)} purge`);
    await own.command(`drop namespace lake.${database}_${name}`);
  };
  for (const kind of [false, true, false, true]) await ingest(`warm_${kind}`, kind);
  const took = await byTurns(ROUNDS, {
    plain: round => ingest(`plain_${round}`, false),
    transactional: round => ingest(`acid_${round}`, true),
  });
  judge("a transactional table against the same rows as plain ORC", took.transactional / took.plain, { atMost: 2 });
  await session.command(`drop database spark_catalog.${database} cascade`);
} finally {
  rmSync(folder, { recursive: true, force: true });
  await bench.end();
}
