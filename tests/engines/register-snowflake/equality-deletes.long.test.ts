import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { equalityDeletes } from "../../../connectors/iceberg/describe.ts";
import { snowflakeAddress } from "../../../connectors/snowflake/address.ts";
import { openSnowflake } from "../../../connectors/snowflake/connect.ts";
import { deleteByValue } from "../equality-delete.ts";
import { type Namespace, newNamespace } from "../iceberg-lake.ts";
import { runWhole, settings } from "../lake.ts";

describe("equality deletes, which Snowflake passes over, are refused in the plan and taken out by a compaction", () => {
  const ends: (() => void | Promise<void>)[] = [];
  let lake: Namespace;
  before(async () => {
    lake = await newNamespace({ after: end => void ends.push(end) });
  });
  after(async () => {
    for (const end of ends.reverse()) await end();
  });
  const make = async (table: string, properties = "") => {
    const name = `lake.${lake.namespace}.${table}`;
    await lake.sql(
      `create table ${name} using iceberg ${properties} as select id, id % 3 as part from range(30)`,
      `insert into ${name} select id + 30, id % 3 from range(30)`,
    );
    return name;
  };
  const current = async (table: string) => {
    const name = { catalog: "lake", namespace: lake.namespace, table };
    const [row] = await lake.session.query(
      `select cast(snapshot_id as string) as id from lake.${lake.namespace}.${table}.refs where name = 'main'`,
    );
    return await equalityDeletes(lake.session, name, String(row?.id));
  };
  const register = async (table: string, ways: object = {}) =>
    (await runWhole("register-snowflake", { from: "lake", namespace: lake.namespace, tables: [table], ...ways })).get(
      table,
    );

  for (const [table, rest] of [
    ["plain", ""],
    ["merged", "tblproperties ('write.delete.mode' = 'merge-on-read')"],
  ] as const)
    test(`a table ${rest || "without properties"}`, async () => {
      const name = await make(table, rest);
      await deleteByValue(lake.namespace, table, "id", 7);
      await deleteByValue(lake.namespace, table, "id", 31);
      assert.equal(await current(table), 2);
      const refused = await register(table, { schema: "marts" });
      assert.equal(refused?.outcome, "failed");
      assert.match(refused?.error?.message ?? "", /has 2 equality delete files: Snowflake passes over them/);
      const hint = refused?.error?.hint ?? "";
      const job = JSON.parse(hint.slice(hint.indexOf("{"))) as { type: string; parameters: object; then: object[] };
      assert.deepEqual(job.then, [{ type: "register-snowflake", parameters: { schema: "marts" } }]);

      const outcome = (await runWhole(job.type, { ...job.parameters })).get(table);
      assert.deepEqual([outcome?.outcome, outcome?.proof?.verdict], ["succeeded", "equal"], outcome?.error?.message);
      assert.match(outcome?.notes?.join() ?? "", /2 equality delete files were applied, 0 are left/);
      assert.equal(await current(table), 0);
      const [row] = await lake.session.query(`select count(*) as n, sum(id) as s from ${name}`);
      assert.deepEqual([String(row?.n), String(row?.s)], ["58", String((59 * 60) / 2 - 7 - 31)]);
      // What keeps it from Snowflake now is that the lake is not on Azure.
      assert.doesNotMatch((await register(table))?.error?.message ?? "", /equality/);
    });

  test("on Azure, in a partition: refused, compacted in place, then Snowflake has what Iceberg has", async () => {
    const name = `azure.${lake.namespace}.parted`;
    await lake.sql(
      `create table ${name} using iceberg partitioned by (part) as select id, id % 3 as part from range(30)`,
    );
    const ways = { from: "azure", schema: lake.schema };
    assert.equal((await register("parted", ways))?.rows, "30");
    for (const id of [7, 10])
      await deleteByValue(lake.namespace, "parted", "id", id, { catalog: "azure", partition: "part=1" });
    // A delete in a partition says nothing of the others.
    await deleteByValue(lake.namespace, "parted", "id", 8, { catalog: "azure", partition: "part=1" });
    const refused = await register("parted", ways);
    assert.match(refused?.error?.message ?? "", /has 3 equality delete files: Snowflake passes over them/);
    const hint = refused?.error?.hint ?? "";
    const job = JSON.parse(hint.slice(hint.indexOf("{"))) as { type: string; parameters: object };
    const outcome = (await runWhole(job.type, { ...job.parameters })).get("parted");
    assert.deepEqual([outcome?.outcome, outcome?.proof?.verdict], ["succeeded", "equal"], outcome?.error?.message);
    const registered = await register("parted", ways);
    assert.deepEqual([registered?.rows, registered?.proof?.verdict], ["28", "agrees"], registered?.error?.message);
    const snowflake = await openSnowflake({ ...snowflakeAddress(settings), schema: lake.schema });
    ends.push(() => snowflake.close());
    const [row] = await snowflake.run(`SELECT COUNT(*) AS N, SUM(ID) AS S FROM portal.${lake.schema}.parted`);
    assert.deepEqual([row?.N, row?.S], ["28", String((29 * 30) / 2 - 17)]);
  });

  test("a copy of the lake's table to Azure has its equality deletes applied, and Snowflake takes it", async () => {
    await make("moved", "partitioned by (part)");
    for (const id of [7, 31]) await deleteByValue(lake.namespace, "moved", "id", id, { partition: "part=1" });
    const moved = (await runWhole("migrate-iceberg", { namespace: lake.namespace, tables: ["moved"] })).get("moved");
    assert.deepEqual([moved?.rows, moved?.proof?.verdict], ["58", "equal"], moved?.error?.message);
    const registered = await register("moved", { from: "azure", schema: lake.schema });
    assert.deepEqual([registered?.rows, registered?.proof?.verdict], ["58", "agrees"], registered?.error?.message);
  });

  test("deletes by position are no reason, and one snapshot's deletes none for another", async () => {
    const name = await make("positions", "tblproperties ('write.delete.mode' = 'merge-on-read')");
    await lake.sql(`delete from ${name} where id = 3`);
    assert.doesNotMatch((await register("positions"))?.error?.message ?? "", /delete/);
    const [before] = await lake.session.query(
      `select cast(snapshot_id as string) as id from ${name}.refs where name = 'main'`,
    );
    await deleteByValue(lake.namespace, "positions", "id", 4);
    assert.match((await register("positions"))?.error?.message ?? "", /has 1 equality delete file: /);
    const pinned = { tables: [{ name: "positions", snapshot: String(before?.id) }] };
    assert.doesNotMatch((await register("positions", pinned))?.error?.message ?? "", /equality/);
  });
});
