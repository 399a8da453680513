import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ingest, newDatabase, testSession } from "../lake.ts";
import { ALTERED_TABLES, altering, findsAlterations } from "./alterations.ts";

describe("a target that is altered between write and read-back is found, main stays as it was", () => {
  // Many columns and sorted tables: differences.long.test.ts.
  const [narrow] = ALTERED_TABLES;
  test("four tables of one column at once, and one that nobody alters stays equal", async t => {
    await findsAlterations(t, narrow!, false);
  });

  test("a table that this job made for nothing is gone", async t => {
    const session = await testSession(t);
    const database = await newDatabase(t, session);
    for (const table of ["a", "b"])
      await session.command(`create table ${database}.${table} stored as orc as select id, 'v' as v from range(50)`);
    const alter = (written: string) =>
      written.includes("`b`") ? [`update ${written} set v = 'changed' where id = 7`] : [];
    const { outcomes } = await ingest({ database, tables: ["a", "b"] }, { wrap: inner => altering(inner, alter) });
    assert.match(outcomes.get("b")?.error?.message ?? "", /column v has other values/);
    const left = await session.command(`show tables in lake.${database}_iceberg`);
    assert.deepEqual(
      left.map(row => row.tableName),
      ["a"],
    );
  });

  test("the partition is named as well", async t => {
    const session = await testSession(t);
    const database = await newDatabase(t, session);
    await session.command(
      `create table ${database}.t (id bigint, v string) partitioned by (day string) stored as parquet`,
    );
    await session.command(`insert into ${database}.t select id, 'x', concat('2026-01-0', id % 3 + 1) from range(300)`);
    const { outcomes } = await ingest(
      { database, tables: ["t"] },
      { wrap: s => altering(s, target => [`delete from ${target} where id = 4`]) },
    );
    assert.match(outcomes.get("t")?.error?.message ?? "", /1 missing; partition day=2026-01-02/);
  });
});
