import assert from "node:assert/strict";
import type { TestContext } from "node:test";
import { TlsRefused } from "../../../../connectors/spark/errors.ts";
import { parseRemote, type TlsFiles } from "../../../../connectors/spark/remote.ts";
import { openSession, type Session } from "../../../../connectors/spark/session.ts";

/** How a test goes through a proxy with TLS; by default over `localhost`, with the token of the run's server. */
export interface Way {
  files: TlsFiles;
  host?: string;
  tls?: boolean;
  token?: string;
}

/** Opens a session on the server of `url` through a proxy at a port. What is refused is refused long before its time is over. */
export async function openThrough(t: TestContext, url: string, port: number, way: Way): Promise<Session> {
  const remote = { ...parseRemote(url), host: "localhost", tls: true, ...way, port };
  const session = await openSession(remote, { readyMilliseconds: 120_000 });
  t.after(async () => {
    await session.release();
    session.close();
  });
  return session;
}

/** Whether an error says what happened with TLS, and what to do about it. */
export function refused(what: RegExp, hint: RegExp) {
  return (error: unknown): boolean => {
    assert.ok(error instanceof TlsRefused, String(error));
    assert.match(error.what, what);
    assert.match(error.hint, hint);
    assert.equal(error.message, `${error.what} ${error.hint}`);
    return true;
  };
}

/** Copies while `disturb` does what it likes in the middle of it, and proves the copy. It takes two seconds or more. */
export async function provenCopy(
  { direct, session, table }: { direct: Session; session: Session; table: string },
  disturb: (isRunning: () => boolean) => Promise<void>,
): Promise<void> {
  const keys = ["spark.sql.catalog.ice", "spark.sql.catalog.ice.type", "spark.sql.catalog.ice.warehouse"];
  await session.config.set((await direct.config.get(keys)) as Record<string, string>);
  await session.command(`create table ${table} (id bigint, v string) using iceberg`);
  const metrics = ["count(*) as n", "sum(cast(xxhash64(id, v) as decimal(38,0))) as s"];
  let isRunning = true;
  const copying = session
    .copy({
      into: `insert overwrite ${table} select id, v from source`,
      alias: "source",
      // Each row takes three milliseconds.
      source:
        "select id, concat_ws(':', id, java_method('java.lang.Thread', 'sleep', 3L)) as v from range(0, 1400, 1, 2)",
      observe: { name: "proof", metrics },
    })
    .finally(() => {
      isRunning = false;
    });
  await Promise.race([copying, new Promise(resolve => setTimeout(resolve, 500))]);
  await disturb(() => isRunning);
  const { observed } = await copying;
  const [target] = await direct.query(`select ${metrics.join(", ")} from ${table}`);
  assert.equal(observed.n, "1400");
  assert.deepEqual({ n: String(target?.n), s: target?.s }, observed);
  const [history] = await direct.query(`select count(*) as n from ${table}.snapshots`);
  assert.equal(String(history?.n), "1", "the copy ran once");
}
