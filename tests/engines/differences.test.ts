import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Session } from "../../spark/session.ts";
import { ingest, newDatabase, testSession } from "./lake.ts";

/** What somebody does to the target between the write and the read-back, and the words that must name it. */
interface Alteration {
  name: string;
  sql: (table: string) => string[];
  says: RegExp;
}

const narrow: Alteration[] = [
  {
    name: "one changed value",
    sql: t => [`update ${t} set only = 'changed' where only = 'v7'`],
    says: /column only has other values/,
  },
  { name: "one missing row", sql: t => [`delete from ${t} where only = 'v7'`], says: /1 missing/ },
  { name: "one doubled row", sql: t => [`insert into ${t} select * from ${t} where only = 'v7'`], says: /1 too many/ },
  {
    name: "a null for an empty string",
    sql: t => [`update ${t} set only = null where only = ''`],
    says: /column only has other values/,
  },
];

const wide: Alteration[] = [
  {
    name: "one changed value",
    sql: t => [`update ${t} set c123 = 'changed' where id = 7`],
    says: /column c123 has other values/,
  },
  { name: "one missing row", sql: t => [`delete from ${t} where id = 7`], says: /1 missing/ },
  { name: "one doubled row", sql: t => [`insert into ${t} select * from ${t} where id = 7`], says: /1 too many/ },
  {
    name: "a null for an empty string",
    sql: t => [`update ${t} set c200 = null where id = 7`],
    says: /column c200 has other values/,
  },
  {
    name: "two rows with swapped values",
    sql: t => [`update ${t} set c123 = case id when 7 then '8-123' else '7-123' end where id in (7, 8)`],
    says: /column c123: the values are the same but stand in other rows/,
  },
];

const wideColumns = Array.from({ length: 299 }, (_, i) =>
  i === 200 ? "'' as c200" : `concat(id, '-', ${i}) as c${i}`,
).join(", ");

const layouts = [
  {
    columns: 1,
    source: "select if(id = 0, '', concat('v', id)) as only from range(20)",
    alterations: narrow,
    order: "only",
  },
  { columns: 300, source: `select id, ${wideColumns} from range(20)`, alterations: wide, order: "c5" },
];

describe("a target that is altered between write and read-back is found, main stays as it was", {
  concurrency: 2,
}, () => {
  for (const { columns, source, alterations, order } of layouts) {
    for (const sorted of [false, true]) {
      const layout = `${columns} ${columns === 1 ? "column" : "columns"}, ${sorted ? "sorted" : "unsorted"}`;
      test(layout, async t => {
        const session = await testSession(t);
        const database = await newDatabase(t, session);
        await session.command(`create table ${database}.t stored as parquet as ${source}`);
        const first = await ingest({ database, tables: ["t"] });
        assert.equal(first.outcomes.get("t")?.proof?.verdict, "equal");
        const target = `lake.${database}_iceberg.t`;
        if (sorted) await session.command(`alter table ${target} write ordered by ${order}`);
        for (const { name, sql, says } of alterations) {
          const { outcomes, proofs } = await ingest(
            { database, tables: ["t"] },
            { wrap: session => altering(session, sql) },
          );
          assert.equal(outcomes.get("t")?.outcome, "failed", name);
          assert.match(outcomes.get("t")?.error?.message ?? "", says, name);
          assert.equal(proofs[0]?.verdict, "differs", name);
          assert.equal(await currentSnapshot(session, target), first.outcomes.get("t")?.targetSnapshot, name);
        }
        const again = await ingest({ database, tables: ["t"] });
        assert.equal(again.outcomes.get("t")?.proof?.verdict, "equal", "and untouched it is equal again");
      });
    }
  }

  test("four tables at once: only the one that was altered is found", async t => {
    const session = await testSession(t);
    const database = await newDatabase(t, session);
    const tables = ["a", "b", "c", "d"];
    for (const table of tables)
      await session.command(
        `create table ${database}.${table} stored as orc as select id, concat('${table}', id) as v from range(5000)`,
      );
    const alter = (target: string) =>
      target.includes("`c`") ? [`update ${target} set v = 'changed' where id = 4711`] : [];
    const { outcomes } = await ingest({ database, tables }, { wrap: session => altering(session, alter) });
    assert.deepEqual(
      tables.map(table => outcomes.get(table)?.outcome),
      ["succeeded", "succeeded", "failed", "succeeded"],
    );
    assert.match(outcomes.get("c")?.error?.message ?? "", /column v has other values/);
    const left = await session.command(`show tables in lake.${database}_iceberg`);
    assert.deepEqual(
      left.map(row => row.tableName).sort(),
      ["a", "b", "d"],
      "the table that this job made for nothing is gone",
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

// Runs statements on what was just written, as somebody else might, before the engine reads it back.
function altering(session: Session, sql: (table: string) => string[]): Session {
  return {
    ...session,
    copy: async (copy, options) => {
      const copied = await session.copy(copy, options);
      const written = /insert overwrite (\S+) select/.exec(copy.into)?.[1];
      assert.ok(written, "the engine writes on a branch");
      for (const statement of sql(written)) await session.command(statement);
      return copied;
    },
  };
}

async function currentSnapshot(session: Session, table: string): Promise<unknown> {
  const [row] = await session.query(`select cast(snapshot_id as string) as id from ${table}.refs where name = 'main'`);
  return row?.id;
}
