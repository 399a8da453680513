import { copyFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { execaSync } from "execa";

/**
 * A PostgreSQL of its own in a folder, from Debian's package; undefined where there is none. `load` brings the products
 * into an empty table as a person would: COPY, INSERT … ON CONFLICT, and the counts.
 */
export function startPostgres(folder: string, products: string): { load(): void; end(): void } | undefined {
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
    execaSync(program ?? "", rest, { stdout: "ignore", stderr: "inherit", ...(input && { input }) });
  };
  const file = join(folder, "products.csv");
  copyFileSync(products, file);
  if (isRoot) execaSync("chown", ["-R", "postgres", folder]);
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
