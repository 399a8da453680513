import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { uploadsFolder } from "../csv/uploads.ts";
import { runJob } from "./job.ts";
import { repeatedOf, writeProducts } from "./products.ts";
import { judge, median, timed } from "./ratio.ts";
import { benchStack } from "./stack.ts";

/*
 * products.csv into a table by its SKU: BENCH_RECORDS records (500,000) from the upload's end to committed and counted,
 * against PostgreSQL's COPY and INSERT … ON CONFLICT, against ten times as many, and against the original's two minutes.
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
  // The first load of a server pays for classes and compiled code.
  await load("products.csv", "warm");
  const postgres = startPostgres(join(uploads, "products.csv"));
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

/** A PostgreSQL of its own, from Debian's package; undefined where there is none. */
function startPostgres(products: string): { load(): void; end(): void } | undefined {
  const root = "/usr/lib/postgresql";
  let version: string | undefined;
  try {
    version = readdirSync(root).sort().at(-1);
  } catch {
    return undefined;
  }
  if (!version) return undefined;
  const at = (name: string) => join(root, version, "bin", name);
  const data = join(folder, "postgres");
  // It refuses to run as root.
  const isRoot = process.getuid?.() === 0;
  const run = (name: string, args: string[], input?: string) => {
    const [program, ...rest] = isRoot ? ["runuser", "-u", "postgres", "--", at(name), ...args] : [at(name), ...args];
    execFileSync(program ?? "", rest, { stdio: ["pipe", "ignore", "inherit"], ...(input && { input }) });
  };
  const file = join(folder, "products.csv");
  copyFileSync(products, file);
  if (isRoot) execFileSync("chown", ["-R", "postgres", folder]);
  run("initdb", ["-D", data, "-A", "trust", "--no-instructions"]);
  run("pg_ctl", [
    "-D",
    data,
    "-w",
    "-l",
    join(folder, "postgres.log"),
    "-o",
    `-k ${folder} -c listen_addresses=''`,
    "start",
  ]);
  const sql = (text: string) => run("psql", ["-h", folder, "-d", "postgres", "-q", "-v", "ON_ERROR_STOP=1"], text);
  return {
    load() {
      sql(`drop table if exists products, counts, stage;
        create table products (name varchar(420), sku varchar(120) primary key, description text);
        create unlogged table stage (n serial, name text, sku text, description text);
        \\copy stage (name, sku, description) from '${file}' csv header
        insert into products select distinct on (sku) name, sku, description from stage order by sku, n desc
          on conflict (sku) do update set name = excluded.name, description = excluded.description;
        create table counts as select name, count(*) from products group by name;`);
    },
    end: () => run("pg_ctl", ["-D", data, "-m", "immediate", "stop"]),
  };
}
