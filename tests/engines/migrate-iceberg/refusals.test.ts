import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { type Namespace, newNamespace } from "../iceberg-lake.ts";
import { runWhole } from "../lake.ts";

describe("what can't be migrated is refused, with the reason and the way out", () => {
  const ends: (() => void | Promise<void>)[] = [];
  let lake: Namespace;
  before(async () => {
    lake = await newNamespace({ after: end => void ends.push(end) });
    const { namespace } = lake;
    await lake.sql(
      `create table lake.${namespace}.good using iceberg as select id from range(10)`,
      `create view lake.${namespace}.seen as select id from lake.${namespace}.good`,
    );
  });
  after(async () => {
    for (const end of ends.reverse()) await end();
  });
  const migrate = (parameters: object) => runWhole("migrate-iceberg", { namespace: lake.namespace, ...parameters });
  const refused = async (table: string, parameters: object, says: RegExp, hint: RegExp) => {
    const outcome = (await migrate(parameters)).get(table);
    assert.equal(outcome?.outcome, "failed");
    assert.match(outcome?.error?.message ?? "", says);
    assert.match(outcome?.error?.hint ?? "", hint);
  };

  test("a table onto itself", async () => {
    await assert.rejects(migrate({ tables: ["good"], to: "lake" }), /Source and target are the same/);
    await assert.rejects(
      migrate({ tables: ["good"], from: "azure", targetNamespace: lake.namespace }),
      /Source and target are the same/,
    );
  });

  test("a catalog that nobody defined", async () => {
    await assert.rejects(
      migrate({ tables: ["good"], to: "depot" }),
      /no catalog "depot" in catalogs.json; it has hive, lake/,
    );
  });

  test("a table that is not there, and the others go on", async () => {
    const outcomes = await migrate({ tables: ["nope", "good"] });
    assert.match(outcomes.get("nope")?.error?.message ?? "", /no Iceberg table or view lake\..*\.nope/);
    assert.equal(outcomes.get("good")?.proof?.verdict, "equal");
  });

  test("a namespace that is not there, or has no tables", async () => {
    await assert.rejects(migrate({ namespace: "no_such_namespace", tables: "*" }), /no_such_namespace|nothing to do/);
  });

  test("a snapshot that was expired since it was proven", async () => {
    const tables = [{ name: "good", snapshot: "1234567890" }];
    await refused("good", { tables }, /no snapshot 1234567890 any more: it was expired/, /from the start/);
  });

  test("a type that format version 2 has not", async () => {
    // The Hive Metastore keeps no such column; Azure's catalog does.
    const table = `azure.${lake.namespace}.newer`;
    await lake.sql(`create table ${table} (id int, v variant) using iceberg tblproperties ('format-version' = '3')`);
    const way = { from: "azure", to: "lake", tables: ["newer"] };
    await refused(
      "newer",
      { ...way, targetNamespace: lake.namespace },
      /v \(variant\).*format version 3/,
      /without that column/,
    );
  });

  test("a target that is a view", async () => {
    const name = `${lake.namespace}.seen`;
    await lake.sql(`create table azure.${name} using iceberg as select 1 as id`);
    const way = { from: "azure", to: "lake", tables: ["seen"], targetNamespace: lake.namespace };
    await refused("seen", way, /lake\..*\.seen is a view/, /another namespace/);
    await refused("seen", { ...way, ifExists: "replace" }, /is a view/, /another namespace/);
  });

  test("a target that somebody else made, or wrote to since", async () => {
    const name = `${lake.namespace}.foreign`;
    for (const catalog of ["lake", "azure"])
      await lake.sql(`create table ${catalog}.${name} using iceberg as select id from range(3)`);
    await refused(
      "foreign",
      { tables: ["foreign"] },
      /was not made by this portal; last written/,
      /"ifExists": "replace"/,
    );
    const replaced = await migrate({ tables: ["foreign"], ifExists: "replace" });
    assert.equal(replaced.get("foreign")?.proof?.verdict, "equal");
    await lake.sql(`insert into azure.${name} values (99)`);
    await refused("foreign", { tables: ["foreign"] }, /was changed by somebody else/, /"ifExists": "replace"/);
  });
});
