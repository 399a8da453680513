import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { uploadsFolder } from "../../core/store/data-files.ts";
import { repeatedOf, writeProducts } from "../input/products.ts";
import { coldSpark } from "../measuring/cold.ts";
import { runJob } from "../measuring/job.ts";
import { startPostgres } from "../measuring/postgres.ts";
import { judge, median, timed } from "../measuring/ratio.ts";
import { benchStack } from "../measuring/stack.ts";

/*
 * products.csv into a table by its SKU: BENCH_RECORDS records (500,000) from the upload's end to committed and counted,
 * against PostgreSQL's COPY and INSERT … ON CONFLICT, the same statements as a cold spark-submit, ten times as many, and
 * the original's two minutes. BENCH_COLD=0 and BENCH_TIMES=1 leave the second and third out.
 */
const RECORDS = Number(process.env.BENCH_RECORDS ?? 500_000);
const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 3);
const TIMES = Number(process.env.BENCH_TIMES ?? 10);
const bench = await benchStack();
const folder = mkdtempSync(join(tmpdir(), "bench-csv-"));
try {
  const { settings } = bench;
  const uploads = uploadsFolder(settings.DATA_DIR);
  mkdirSync(uploads, { recursive: true });
  await writeProducts(join(uploads, "products.csv"), RECORDS);
  if (TIMES > 1) await writeProducts(join(uploads, "many.csv"), RECORDS * TIMES);
  const load = (file: string, table: string) =>
    runJob(settings, "load-csv", {
      ...{ file, table: `lake.bench_csv.${table}`, key: "sku", counts: [{ by: "name", into: `${table}_counts` }] },
      columns: [{ name: "name", type: "varchar(420)" }, { name: "sku", type: "varchar(120)" }, { name: "description" }],
    });
  // The first loads of a server pay for classes and compiled code.
  for (const name of ["first", "second", "third"]) await load("products.csv", name);
  const postgres = startPostgres(folder, join(uploads, "products.csv"));
  const own: number[] = [];
  const others: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    own.push(await timed(() => load("products.csv", `t${round}`)));
    if (postgres) others.push(await timed(async () => postgres.load()));
    console.log(
      `  round ${round + 1}: ${own.at(-1)?.toFixed(2)} s, PostgreSQL ${others.at(-1)?.toFixed(2) ?? "not there"} s`,
    );
  }
  postgres?.end();
  const again = await timed(() => load("products.csv", "t0"));
  const rows = RECORDS - repeatedOf(RECORDS);
  console.log(
    `${RECORDS} records, ${rows} rows: ${median(own).toFixed(2)} s; the same file again: ${again.toFixed(2)} s`,
  );
  judge("from the upload's end to committed and counted", median(own), { atMost: 8 }, "s");
  judge("against the two minutes of the original", median(own), { atMost: 120 }, "s");
  if (others.length > 0) judge("against PostgreSQL", median(own) / median(others), { atMost: 2 });
  if (process.env.BENCH_COLD !== "0") {
    const cold = await timed(() => coldSpark(bench)("load", statements(join(uploads, "products.csv"))));
    judge("a cold spark-submit of the bare statements over the warm load", cold / median(own), { atLeast: 1 });
  }
  if (TIMES > 1) {
    const many = await timed(() => load("many.csv", "many"));
    judge(`${TIMES} times as many records`, many / median(own), { atMost: TIMES * 1.05 });
  }
} finally {
  const session = await bench.session();
  for (const row of await session.command("show tables in lake.bench_csv").catch(() => []))
    await session.command(`drop table lake.bench_csv.\`${row.tableName}\` purge`);
  await session.command("drop namespace if exists lake.bench_csv").catch(() => undefined);
  rmSync(folder, { recursive: true, force: true });
  await bench.end();
}

// What somebody would write into a script: staged, merged by the last record of each key, counted. Nothing is proven.
function statements(file: string): string[] {
  const key =
    "select max_by(struct(name, sku, description), number) as row from lake.bench_csv.cold_stage group by sku";
  return [
    "create namespace if not exists lake.bench_csv",
    `create temporary view products (c0 string, c1 string, c2 string) using csv
       options (path '${file}', header 'true', multiLine 'true', escape '"')`,
    "create table lake.bench_csv.cold (name string, sku string, description string) using iceberg",
    `create table lake.bench_csv.cold_stage using iceberg as
       select c0 as name, c1 as sku, c2 as description, monotonically_increasing_id() as number from products`,
    `merge into lake.bench_csv.cold t using (select row.* from (${key})) s on t.sku = s.sku
       when matched then update set * when not matched then insert *`,
    "create table lake.bench_csv.cold_counts using iceberg as select name, count(*) as rows from lake.bench_csv.cold group by name",
  ];
}
