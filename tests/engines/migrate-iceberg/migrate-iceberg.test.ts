import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { snowflakeAddress } from "../../../connectors/snowflake/address.ts";
import { openSnowflake, type Snowflake } from "../../../connectors/snowflake/connect.ts";
import type { Outcome } from "../../../core/jobs/outcome.ts";
import { deleteByValue } from "../equality-delete.ts";
import { type Namespace, newNamespace } from "../iceberg-lake.ts";
import { runWhole, settings } from "../lake.ts";

/** A source table: how it is made, and the rows and the sum of `id` that are in it, by construction. */
interface Source {
  made: (table: string) => string[];
  /** The ids that are deleted by their value, after that. */
  deleted?: number;
  rows: number;
  sum: number;
  notes?: RegExp;
}

const ids = (table: string, rest: string, properties = "") =>
  `create table ${table} using iceberg ${rest} ${properties} as select id, concat('v', id % 4) as v,
     date_add(date'2026-01-01', cast(id % 3 as int)) as day from range(100)`;
const onRead = "'write.delete.mode' = 'merge-on-read', 'write.update.mode' = 'merge-on-read'";

const sources: Record<string, Source> = {
  position_deletes: {
    made: t => [
      ids(t, `tblproperties (${onRead})`),
      `delete from ${t} where id < 10`,
      `update ${t} set v = 'new' where id = 50`,
    ],
    ...{ rows: 90, sum: 4950 - 45, notes: /2 delete files are applied/ },
  },
  equality_deletes: { made: t => [ids(t, "")], deleted: 7, rows: 99, sum: 4950 - 7, notes: /1 delete file is applied/ },
  deletion_vectors: {
    made: t => [ids(t, `tblproperties ('format-version' = '3', ${onRead})`), `delete from ${t} where id < 10`],
    ...{ rows: 90, sum: 4950 - 45, notes: /format version 3 becomes 2.*delete file/ },
  },
  old_specs: {
    made: t => [
      ids(t, "partitioned by (v)"),
      `alter table ${t} replace partition field v with bucket(4, id)`,
      `insert into ${t} select id, 'w', date'2026-02-01' from range(100, 110)`,
      `alter table ${t} add partition field days(day) as the_day`,
      `insert into ${t} select id, 'w', date'2026-02-02' from range(110, 120)`,
    ],
    ...{ rows: 120, sum: 7140 },
  },
  orc_files: { made: t => [ids(t, "tblproperties ('write.format.default' = 'orc')")], rows: 100, sum: 4950 },
  all_formats: {
    made: t => [
      ids(t, "tblproperties ('write.format.default' = 'avro')"),
      `alter table ${t} set tblproperties ('write.format.default' = 'orc')`,
      `insert into ${t} values (100, 'o', date'2026-02-01')`,
      `alter table ${t} set tblproperties ('write.format.default' = 'parquet')`,
      `insert into ${t} values (101, 'p', null)`,
    ],
    ...{ rows: 102, sum: 4950 + 201 },
  },
  changed_columns: {
    made: t => [
      ids(t, ""),
      `alter table ${t} rename column v to renamed`,
      `alter table ${t} drop column day`,
      `alter table ${t} add column day string`,
      `insert into ${t} values (100, 'x', 'text where a date was')`,
    ],
    ...{ rows: 101, sum: 5050 },
  },
  emptied: { made: t => [ids(t, ""), `delete from ${t}`], rows: 0, sum: 0 },
  no_snapshot: { made: t => [`create table ${t} (id bigint not null, v string) using iceberg`], rows: 0, sum: 0 },
};

describe("whatever an Iceberg table went through, its rows arrive on Azure and in Snowflake", () => {
  const ends: (() => void | Promise<void>)[] = [];
  let lake: Namespace;
  let outcomes: Map<string, Outcome>;
  let registered: Map<string, Outcome>;
  let snowflake: Snowflake;
  before(async () => {
    lake = await newNamespace({ after: end => void ends.push(end) });
    const { namespace, schema } = lake;
    for (const [table, { made, deleted }] of Object.entries(sources)) {
      await lake.sql(...made(`lake.${namespace}.${table}`));
      if (deleted !== undefined) await deleteByValue(namespace, table, "id", deleted);
    }
    await lake.sql(`create view lake.${namespace}.seen as select id from lake.${namespace}.orc_files where id < 50`);
    outcomes = await runWhole("migrate-iceberg", { namespace, tables: "*" });
    registered = await runWhole("register-snowflake", { namespace, tables: "*", schema });
    snowflake = await openSnowflake({ ...snowflakeAddress(settings), schema });
    ends.push(() => snowflake.close());
  });
  after(async () => {
    for (const end of ends.reverse()) await end();
  });

  for (const [table, { rows, sum, notes }] of Object.entries(sources)) {
    test(table.replaceAll("_", " "), async () => {
      const outcome = outcomes.get(table);
      assert.equal(outcome?.proof?.verdict, "equal", outcome?.error?.message);
      assert.equal(registered.get(table)?.proof?.verdict, "agrees", registered.get(table)?.error?.message);
      const [found] = await snowflake.run(
        `SELECT COUNT(*) AS N, COALESCE(SUM(id), 0)::VARCHAR AS S FROM portal.${lake.schema}.${table}`,
      );
      assert.deepEqual(found, { N: String(rows), S: String(sum) });
      assert.match(outcome?.notes?.join("; ") ?? "", notes ?? /^(?!.*delete)/);
    });
  }

  test("the copy is Parquet in format version 2, and has the newest partition spec only", async () => {
    const files = await lake.session.query(
      `select distinct lower(file_format) as format, spec_id as spec from azure.${lake.namespace}.all_formats.files`,
    );
    assert.deepEqual(files, [{ format: "parquet", spec: 0 }]);
    const made = await lake.made(`azure.${lake.namespace}.old_specs`);
    assert.match(made, /PARTITIONED BY \(bucket\(4, id\), days\(day\)\)/);
    assert.match(await lake.made(`azure.${lake.namespace}.deletion_vectors`), /'format-version' = '2'/);
  });

  test('a view is copied where it is named, as a table, and says so; "*" means tables', async () => {
    assert.ok(!outcomes.has("seen"));
    const seen = (await runWhole("migrate-iceberg", { namespace: lake.namespace, tables: ["seen"] })).get("seen");
    assert.deepEqual([seen?.outcome, seen?.rows, seen?.proof?.verdict], ["succeeded", "50", "equal"]);
    assert.match(seen?.notes?.join() ?? "", /^a view/);
    assert.equal(seen?.sourceSnapshot, undefined);
  });

  test("a second migrate replaces the rows and keeps the table: Snowflake is refreshed", async () => {
    await lake.sql(`insert into lake.${lake.namespace}.old_specs values (120, 'w', date'2026-02-03')`);
    const again = await runWhole("migrate-iceberg", { namespace: lake.namespace, tables: ["old_specs"] });
    assert.deepEqual([again.get("old_specs")?.rows, again.get("old_specs")?.proof?.verdict], ["121", "equal"]);
    const fresh = await runWhole("register-snowflake", {
      ...{ namespace: lake.namespace, tables: ["old_specs"], schema: lake.schema },
    });
    assert.match(fresh.get("old_specs")?.notes?.join() ?? "", /refreshed/);
  });
});
