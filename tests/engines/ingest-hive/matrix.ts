import assert from "node:assert/strict";
import type { TestContext } from "node:test";
import type { Session } from "../../../connectors/spark/session.ts";
import { sameAsHive } from "../../connectors/hive/compare.ts";
import { startHive } from "../../connectors/hive/hive.ts";
import { openDuckdb } from "../duckdb.ts";
import { ingest, newDatabase, runWhole, testSession } from "../lake.ts";

const formats: Record<string, string> = {
  parquet: "stored as parquet",
  orc: "stored as orc",
  avro: "stored as avro",
  text: "row format delimited fields terminated by ',' escaped by '\\\\' stored as textfile",
  rcfile: "stored as rcfile",
  sequencefile: "stored as sequencefile",
};

const layouts: Record<string, string> = {
  plain: "",
  partitioned: "partitioned by (day string)",
  nested: "partitioned by (year int, day date)",
};

const partitionValues: Record<string, string> = {
  plain: "",
  partitioned: ", if(id % 5 = 0, null, concat('2026-01-', id % 3)) as day",
  nested:
    ", cast(2020 + id % 2 as int) as year, if(id % 5 = 0, null, date_add(date'2026-01-01', cast(id % 3 as int))) as day",
};

/** Columns and the values of row `id`; every third row is null throughout. */
const types: Record<string, { columns: string; values: string[]; not?: string[] }> = {
  flat: {
    columns:
      "i int, l bigint, f float, d double, b boolean, s string, n decimal(38,10), m decimal(5,2), t tinyint, h smallint, c char(6), v varchar(9), dt date, ts timestamp, x binary",
    values: [
      ...["cast(id as int)", "id * 1000000007", "cast(id as float) / 3"],
      ...["if(id = 1, double('NaN'), if(id = 2, -0.0D, id / 7))", "id % 2 = 0"],
      ...[
        "if(id = 4, '', concat('grüße, \"', id, '\"'))",
        "cast(id as decimal(38,10)) / 7",
        "cast(id as decimal(5,2)) / 4",
      ],
      ...["cast(id as tinyint)", "cast(id * 7 as smallint)", "concat('c', id)", "concat('v ', id)"],
      "date_add(date'1950-03-01', cast(id * 997 as int))",
      "timestamp'1969-12-31 23:59:59.5 UTC' + make_interval(0, 0, 0, cast(id * 30 as int), 0, 0, id / 3)",
      "encode(concat('bytes ', id), 'UTF-8')",
    ],
  },
  nested: {
    columns:
      "a array<int>, s struct<x:int,y:string>, m map<string,int>, mm map<string,map<string,int>>, aa array<struct<k:string,v:array<double>>>",
    values: [
      "if(id = 1, array(), array(cast(id as int), 7))",
      "named_struct('x', cast(id as int), 'y', concat('y', id))",
      "map('b', 2, 'a', cast(id as int))",
      "map('o', map('q', 1, 'p', cast(id as int)))",
      "array(named_struct('k', 'k', 'v', array(id / 3, 0.5D)))",
    ],
  },
};

/** Hive tables of every format and type, in these layouts. */
export const LAYOUTS = Object.keys(layouts);

/**
 * Takes a table of every format and type in each of these layouts to Iceberg, Azure and Snowflake: proven each time, counted by a
 * reader that is not Spark, and row for row what Hive has.
 */
export async function takeThrough(t: TestContext, chosen: readonly string[]): Promise<void> {
  const session = await testSession(t);
  await session.config.set({
    "hive.exec.dynamic.partition.mode": "nonstrict",
    // Hive 2 can't read the decimals that Spark writes without it.
    "spark.sql.parquet.writeLegacyFormat": "true",
  });
  const database = await newDatabase(t, session);
  const refusedByHive = await createTables(session, database, chosen);
  const { outcomes } = await ingest({ database, tables: "*" });
  const azure = await runWhole("migrate-iceberg", { namespace: `${database}_iceberg`, tables: "*" });
  const snowflake = await runWhole("register-snowflake", {
    namespace: `${database}_iceberg`,
    tables: "*",
    schema: database,
  });
  const duckdb = await openDuckdb();
  t.after(() => duckdb.close());
  const counted = new Map<string, string>();
  for (const [table, { metadataFile }] of outcomes)
    if (metadataFile) counted.set(table, await duckdb.count(metadataFile));
  for (const [row, formatName] of Object.keys(formats).entries()) {
    const cells = chosen.flatMap(layout =>
      Object.keys(types).map(type => {
        const table = `${formatName}_${layout}_${type}`;
        const outcome = outcomes.get(table);
        if (refusedByHive.has(table)) return "no such table";
        const verdicts = [outcome, azure.get(table), snowflake.get(table)].map(
          one => one?.proof?.verdict ?? one?.outcome,
        );
        return `${verdicts.join(" ")}, ${outcome?.rows} = ${counted.get(table)}`;
      }),
    );
    if (row === 0)
      console.log(
        ["".padEnd(13), ...chosen.flatMap(l => Object.keys(types).map(n => `${l} ${n}`.padEnd(30)))].join(""),
      );
    console.log([formatName.padEnd(13), ...cells.map(cell => `${cell} `.padEnd(30))].join(""));
  }
  for (const [table, reason] of refusedByHive) console.log(`${table}: ${reason}`);
  assert.ok(refusedByHive.size <= 2 * chosen.length, "only what Hive itself can't hold is left out");
  for (const [table, outcome] of outcomes) {
    assert.equal(outcome.error, undefined, `${table}: ${outcome.error?.message}`);
    assert.equal(outcome.proof?.verdict, "equal", table);
    assert.equal(outcome.rows, "20", table);
    assert.equal(counted.get(table), "20", table);
    for (const further of [azure.get(table), snowflake.get(table)]) {
      assert.equal(further?.error, undefined, `${further?.target}: ${further?.error?.message}`);
      assert.equal(further?.rows, "20", further?.target);
    }
    assert.equal(azure.get(table)?.proof?.verdict, "equal", table);
    assert.equal(snowflake.get(table)?.proof?.verdict, "agrees", table);
  }
  assert.equal(outcomes.size + refusedByHive.size, 12 * chosen.length);
  const hive = await startHive(t);
  assert.equal((await sameAsHive(hive, session, database, { outcomes })).length, outcomes.size);
}

// Gives the tables that Hive itself can't hold, with the reason.
async function createTables(
  session: Session,
  database: string,
  chosen: readonly string[],
): Promise<Map<string, string>> {
  const refused = new Map<string, string>();
  for (const [format, stored] of Object.entries(formats)) {
    for (const layout of chosen) {
      const partitioned = layouts[layout];
      for (const [type, { columns, values }] of Object.entries(types)) {
        const table = `${format}_${layout}_${type}`;
        const cells = values.map(value => `if(id % 3 = 2, null, ${value})`).join(", ");
        try {
          await session.command(`create table ${database}.${table} (${columns}) ${partitioned} ${stored}`);
          await session.command(
            `insert into ${database}.${table} select ${cells} ${partitionValues[layout]} from range(20)`,
          );
        } catch (error) {
          refused.set(table, (error as Error).message.split("\n")[0] ?? "");
          await session.command(`drop table if exists ${database}.${table}`);
        }
      }
    }
  }
  return refused;
}
