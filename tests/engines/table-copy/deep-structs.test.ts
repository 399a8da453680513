import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { test } from "node:test";
import type { Session } from "../../../connectors/spark/session.ts";
import { ingest, newDatabase, testSession } from "../lake.ts";

const LEVELS = 25;
const deep = (leaf: string) =>
  Array.from({ length: LEVELS }).reduce<string>((inner, _, i) => `named_struct('f${i}', ${inner}, 'n', id)`, leaf);

test("a struct of 25 levels is copied and proven, and a cancel stops its proof on the server", async t => {
  const session = await testSession(t);
  const database = await newDatabase(t, session);
  await session.command(
    `create table spark_catalog.${database}.deep stored as parquet as select id, ${deep("cast(id as string)")} as s from range(1000)`,
  );
  const ran = await ingest({ database, tables: ["deep"] });
  const outcome = ran.outcomes.get("deep");
  assert.deepEqual([outcome?.outcome, outcome?.rows, outcome?.proof?.verdict], ["succeeded", "1000", "equal"]);
  const path = Array.from({ length: LEVELS }, (_, i) => `f${LEVELS - 1 - i}`).join(".");
  const [row] = await session.query(`select max(cast(s.${path} as int)) as m from lake.${database}_iceberg.deep`);
  assert.equal(row?.m, 999);

  const cancel = new AbortController();
  const operationId = randomUUID();
  let stopped: Promise<void> | undefined;
  // The proof's own statement, over so many rows that it would run for minutes: one row of the table for each of another. Spark
  // ends a task of a cancelled statement only between two batches of a file; one over a range holds its core to its own end.
  await session.command(
    `create table lake.${database}_iceberg.many using iceberg
      tblproperties ('read.parquet.vectorization.batch-size' = '16') as select id as number from range(1000000)`,
  );
  const slow = (real: Session): Session => ({
    ...real,
    async query(sql, options) {
      const target = / version as of 'portal_[^']*'/.exec(sql);
      if (!target) return await real.query(sql, options);
      const many = sql.replace(
        / from (lake\S+|`lake`\S+) version as of ('[^']*')/,
        ` from (select t.* from (select * from $1 version as of $2 limit 1) t, lake.${database}_iceberg.many)`,
      );
      assert.notEqual(many, sql);
      const rows = real.query(many, { ...options, operationId });
      setTimeout(() => cancel.abort(), 2_000);
      stopped = rows.then(
        () => assert.fail("the proof was not cancelled"),
        () => real.drain(operationId),
      );
      stopped.catch(() => undefined);
      return await rows;
    },
  });
  const cancelled = await ingest({ database, tables: ["deep"] }, { wrap: slow, signal: cancel.signal });
  assert.equal(cancelled.outcomes.get("deep")?.outcome, "cancelled");
  await stopped;
  assert.ok(stopped, "the proof had begun");
  // The tasks of the proof held every core: a statement with a task for each of them is answered once they have ended.
  const [busy] = await session.query("select sum(id) as n from range(0, 1000, 1, 2)");
  assert.equal(busy?.n, 499500n);
  const [after] = await session.query(`select count(*) as n from lake.${database}_iceberg.deep`);
  assert.equal(Number(after?.n), 1000, "readers see the copy before");
});
