import assert from "node:assert/strict";
import { test } from "node:test";
import { ingest, newDatabase, testSession } from "../lake.ts";

test("a column of a name that Iceberg keeps is refused in the plan, nothing is left behind, and the view that it gives is ingested", async t => {
  const session = await testSession(t);
  const database = await newDatabase(t, session);
  for (const [table, column] of [
    ["one", "_file"],
    ["two", "_pos"],
    ["three", "_spec_id"],
  ])
    await session.command(`create table ${database}.${table} stored as orc as select 1 as id, 'x' as ${column}`);
  const refused = await ingest({ database, tables: "*" });
  for (const table of ["one", "two", "three"]) {
    const { outcome, error } = refused.outcomes.get(table) ?? {};
    assert.equal(outcome, "skipped");
    assert.match(error?.message ?? "", /Iceberg keeps the name _\w+ of \w+ for itself/);
    await session.command(error?.sql ?? "");
  }
  assert.deepEqual(await session.command(`show tables in lake.${database}_iceberg`).catch(() => []), []);
  const { outcomes } = await ingest({ database, tables: ["one_view", "two_view", "three_view"] });
  for (const [table, { proof, error }] of outcomes)
    assert.equal(proof?.verdict, "equal", `${table}: ${error?.message}`);
});
