import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { SparkError } from "../../../connectors/spark/errors.ts";
import type { Session } from "../../../connectors/spark/session.ts";
import { ingest, newDatabase, testSession } from "../lake.ts";

const odd = ["a:b", "a;b", "a,b", "a.b", "a'b", "a``b", 'a"b', "größe in cm", "a\\b", "a(b)", "n".repeat(200)];
const oddColumns = odd.map((name, i) => `${i} as \`${name}\``).join(", ");

describe("what can't be converted is refused for that table, with the reason and the way out", () => {
  const ends: (() => Promise<void>)[] = [];
  let session: Session;
  let database: string;
  before(async () => {
    session = await testSession({ after: end => void ends.push(end) });
    database = await newDatabase({ after: end => void ends.push(end as () => Promise<void>) }, session);
    await session.command(`create table ${database}.good stored as parquet as select 1 as id`);
    await session.command(
      `create table ${database}.acid (id int) clustered by (id) into 2 buckets stored as orc tblproperties ('transactional' = 'true')`,
    );
    await session.command(`create table ${database}.spans using parquet as select interval '1' day as span, 1 as id`);
    await session.command(`create view ${database}.odd_columns as select id, ${oddColumns} from ${database}.good`);
    await session.command(`create namespace if not exists lake.${database}_iceberg`);
  });
  after(async () => {
    for (const end of ends.reverse()) await end();
  });

  test("odd column names are none of that: they come through", async () => {
    const { outcomes } = await ingest({ database, tables: ["odd_columns"] });
    assert.equal(outcomes.get("odd_columns")?.proof?.verdict, "equal");
  });

  const facts: [string, string, RegExp, RegExp][] = [
    [
      "a transactional table, with the HiveQL that copies it",
      "acid",
      /transactional.*wrongly/,
      /create external table `acid_export` stored as orc as select \* from/,
    ],
    ["a type that Iceberg doesn't have, by its column", "spans", /span \(interval day\)/, /view in Hive that casts/],
    ["a table that is not there", "nope", /There is no table nope/, /show tables in/],
  ];
  for (const [what, table, says, hint] of facts) {
    test(what, async () => {
      const { outcomes } = await ingest({ database, tables: [table, "good"] });
      assert.equal(outcomes.get(table)?.outcome, "failed");
      assert.match(outcomes.get(table)?.error?.message ?? "", says);
      assert.match(outcomes.get(table)?.error?.hint ?? "", hint);
      assert.equal(outcomes.get("good")?.outcome, "succeeded", "the other table is not stopped by it");
    });
  }

  test('under "*" it is skipped, and so are Iceberg tables', async () => {
    await session.command(`create table lake.${database}.already (id int) using iceberg`);
    const { outcomes } = await ingest({ database, tables: "*" });
    assert.deepEqual([...outcomes].map(([table, outcome]) => `${table} ${outcome.outcome}`).sort(), [
      "acid skipped",
      "already skipped",
      "good succeeded",
      "odd_columns succeeded",
      "spans skipped",
    ]);
    assert.match(outcomes.get("already")?.error?.message ?? "", /Iceberg table already/);
    const named = await ingest({ database, tables: ["already"] });
    assert.equal(named.outcomes.get("already")?.outcome, "failed");
  });

  test("a namespace that is the Hive database itself", async () => {
    const { outcomes } = await ingest({ database, tables: ["good"], namespace: database });
    assert.match(outcomes.get("good")?.error?.message ?? "", /is the Hive database itself/);
  });

  test("a database that is not there is named in one sentence", async () => {
    await assert.rejects(ingest({ database: "no_such_database", tables: "*" }), (error: unknown) => {
      assert.ok(error instanceof SparkError);
      assert.match(error.message, /no_such_database/);
      return true;
    });
  });

  for (const name of ["a'b", "a`b", "a;b", "a.b", "a b", "größe", "x".repeat(200), "a\\b", "--", "*", "a|b"]) {
    test(`the table name ${JSON.stringify(name.slice(0, 20))} is quoted, never pasted`, async () => {
      const { outcomes } = await ingest({ database, tables: [name] });
      const [outcome] = outcomes.values();
      assert.equal(outcome?.outcome, "failed");
      assert.match(outcome?.error?.message ?? "", /There is no table|allows only letters|name/i);
      assert.doesNotMatch(outcome?.error?.message ?? "", /PARSE_SYNTAX_ERROR/);
    });
  }
});
