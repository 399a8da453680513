import assert from "node:assert/strict";
import type { TestContext } from "node:test";
import type { Session } from "../../../connectors/spark/session.ts";
import { ingest, newDatabase, testSession } from "../lake.ts";

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

/** Tables of few and of many columns, and what is done to copies of each. */
export const ALTERED_TABLES = [
  {
    columns: 1,
    source: "select if(id = 0, '', concat('v', id)) as only from range(20)",
    alterations: narrow,
    order: "only",
  },
  { columns: 300, source: `select id, ${wideColumns} from range(20)`, alterations: wide, order: "c5" },
];

/** One of ALTERED_TABLES. */
export type AlteredTable = (typeof ALTERED_TABLES)[number];

/** Copies tables, alters each copy in another way before it is read back, and holds that all is found and nothing else. */
export async function findsAlterations(t: TestContext, one: AlteredTable, sorted: boolean): Promise<void> {
  const { source, alterations, order } = one;
  const session = await testSession(t);
  const database = await newDatabase(t, session);
  const tables = [...alterations.map((_, i) => `t${i}`), "untouched"];
  for (const table of tables) await session.command(`create table ${database}.${table} stored as parquet as ${source}`);
  const first = await ingest({ database, tables });
  const target = (table: string) => `lake.${database}_iceberg.${table}`;
  for (const table of tables) {
    assert.equal(first.outcomes.get(table)?.proof?.verdict, "equal", table);
    if (sorted) await session.command(`alter table ${target(table)} write ordered by ${order}`);
  }
  const alter = (written: string) => alterations.find((_, i) => written.includes(`\`t${i}\``))?.sql(written) ?? [];
  const { outcomes, proofs } = await ingest({ database, tables }, { wrap: inner => altering(inner, alter) });
  for (const [i, { name, says }] of alterations.entries()) {
    const outcome = outcomes.get(`t${i}`);
    assert.equal(outcome?.outcome, "failed", name);
    assert.match(outcome?.error?.message ?? "", says, name);
    assert.equal(proofs.find(proof => proof.table.endsWith(`.t${i}`))?.verdict, "differs", name);
    assert.equal(await currentSnapshot(session, target(`t${i}`)), first.outcomes.get(`t${i}`)?.targetSnapshot, name);
  }
  assert.equal(outcomes.get("untouched")?.proof?.verdict, "equal");
  t.diagnostic(`${alterations.length} alterations found: ${alterations.map(({ name }) => name).join(", ")}`);
}

/** A session that runs statements on what was just written, as somebody else might, before the engine reads it back. */
export function altering(session: Session, sql: (table: string) => string[]): Session {
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
