import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "../../../laptop/ports.ts";

const POSTGRES = "/usr/lib/postgresql";

/** Whether this machine has Debian's package of PostgreSQL. */
export const hasPostgres = existsSync(POSTGRES);

/** A PostgreSQL of a test's own, and its address as a catalog of type `jdbc` has it; it asks for a password and ends with the test. */
export async function startPostgres(t: { after(end: () => void): void }) {
  const folder = mkdtempSync(join(tmpdir(), "portal-postgres-"));
  const bin = join(POSTGRES, readdirSync(POSTGRES).sort().at(-1) ?? "", "bin");
  // It refuses to run as root.
  const isRoot = process.getuid?.() === 0;
  if (isRoot) execFileSync("chown", ["postgres", folder]);
  const run = (name: string, ...args: string[]) => {
    const [program = "", ...rest] = [...(isRoot ? ["runuser", "-u", "postgres", "--"] : []), join(bin, name), ...args];
    return execFileSync(program, rest, { stdio: ["ignore", "pipe", "ignore"], cwd: folder, encoding: "utf8" });
  };
  const port = await freePort(0);
  const data = join(folder, "data");
  run("initdb", "-D", data, "-U", "portal", "-A", "trust", "--no-instructions");
  // Over TCP it asks for a password, over the socket of this folder it does not.
  const access = "local all all trust\nhost all all 127.0.0.1/32 scram-sha-256\n";
  writeFileSync(join(data, "pg_hba.conf"), access);
  const options = `-k ${folder} -h 127.0.0.1 -p ${port}`;
  run("pg_ctl", "-D", data, "-w", "-l", join(folder, "log"), "-o", options, "start");
  t.after(() => {
    run("pg_ctl", "-D", data, "-m", "immediate", "stop");
    rmSync(folder, { recursive: true, force: true });
  });
  const sql = (text: string) =>
    run("psql", "-h", folder, "-p", String(port), "-U", "portal", "-d", "postgres", "-At", "-c", text).trim();
  const password = "the password of the test";
  sql(`alter user portal password '${password}'`);
  return { sql, database: { uri: `jdbc:postgresql://127.0.0.1:${port}/postgres`, user: "portal", password } };
}
