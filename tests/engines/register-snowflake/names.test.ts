import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { snowflakeAddress } from "../../../connectors/snowflake/address.ts";
import { openSnowflake, type Snowflake } from "../../../connectors/snowflake/connect.ts";
import { registeredAs } from "../../../connectors/snowflake/iceberg-table.ts";
import { newId } from "../../../core/jobs/id.ts";
import { jobOf } from "../../../core/jobs/job.ts";
import type { Outcome } from "../../../core/jobs/outcome.ts";
import { sessionIds } from "../../../core/jobs/session-id.ts";
import { engines } from "../../../engines/list.ts";
import { refusalOf, standingOn } from "../../../engines/register-snowflake/standing.ts";
import { planAttempt } from "../../../engines/runner/attempt.ts";
import { type Namespace, newNamespace } from "../iceberg-lake.ts";
import { runWhole, settings } from "../lake.ts";

const TARGET = { database: "portal", schema: "s", table: "t" };
const folder = "abfss://c@a.dfs.core.windows.net/w/s/t";
const file = (name: string) => `${folder}/metadata/${name}.metadata.json`;
const own = {
  metadataFile: file("2"),
  location: async () => folder,
  log: ["3", "2", "1"].map(name => ({ file: file(name), snapshot: name })),
};

test("a registration is told by the metadata file that it stands on, however Snowflake writes its address", async () => {
  const azure = (path: string) => `azure://a.blob.core.windows.net/c/${path}`;
  assert.equal((await standingOn(azure("w/s/t/metadata/1.metadata.json"), own)).kind, "own");
  assert.deepEqual(await standingOn(file("3"), own), {
    ...{ kind: "own", file: file("3"), backwards: { from: "3", to: "2" } },
  });
  assert.equal((await standingOn(file("00000-of-a-table-before"), own)).kind, "former");
  for (const other of [
    "w/s/t2/metadata/1.metadata.json",
    "w/b/t/metadata/1.metadata.json",
    "t/metadata/1.metadata.json",
  ])
    assert.equal((await standingOn(azure(other), own)).kind, "other", other);
  assert.equal((await standingOn(undefined, own)).kind, "other");
});

test("a table whose rows are Snowflake's own is never replaced, also where it is asked for", () => {
  const row = { name: "T", iceberg_table_type: "MANAGED", external_volume_name: "V", catalog_name: "SNOWFLAKE" };
  assert.equal(registeredAs([row], TARGET)?.managed, true);
  assert.equal(registeredAs([{ ...row, iceberg_table_type: "UNMANAGED" }], TARGET)?.managed, false);
  assert.match(
    refusalOf({ kind: "managed" }, TARGET, true)?.message ?? "",
    /S\.T is an Iceberg table of Snowflake's own/,
  );
});

describe("two tables never share one name in Snowflake unasked", () => {
  const ends: (() => void | Promise<void>)[] = [];
  let lake: Namespace;
  let other: string;
  let snowflake: Snowflake;
  before(async () => {
    lake = await newNamespace({ after: end => void ends.push(end) });
    other = `${lake.namespace}_2`;
    snowflake = await openSnowflake({ ...snowflakeAddress(settings), schema: lake.schema });
    ends.push(() => snowflake.close());
    await lake.sql(
      `create namespace azure.${other}`,
      ...["tiny", "ORDERS", "orders"].map(
        table => `create table azure.${lake.namespace}.${table} using iceberg as select id from range(3)`,
      ),
      `create table azure.${other}.tiny using iceberg as select id from range(7)`,
    );
    ends.push(() => lake.sql(`drop table azure.${other}.tiny`, `drop namespace azure.${other}`));
  });
  after(async () => {
    for (const end of ends.reverse()) await end();
  });
  const register = async (namespace: string, ways: object = {}): Promise<Map<string, Outcome>> =>
    await runWhole("register-snowflake", { namespace, tables: ["tiny"], ...ways });
  const count = async (schema: string, table = "tiny") =>
    (await snowflake.run(`SELECT COUNT(*) AS N FROM portal.${schema}.${table}`))[0]?.N;
  const planned = async (ways: object) => {
    const parameters = { namespace: other, tables: ["tiny"], schema: lake.schema, ...ways };
    const entry = engines["register-snowflake"] ?? assert.fail();
    const id = newId("register-snowflake");
    const origin = { via: "command", submittedBy: "test", submittedAt: new Date().toISOString() } as const;
    const { steps } = await planAttempt(await entry.load(), {
      job: jobOf(id, { type: "register-snowflake", parameters }, entry.type.shape.parse(parameters), origin),
      ...{ attempt: 1, settings, sessions: sessionIds(id, 1), succeeded: [] },
      ...{ signal: new AbortController().signal, emit: () => undefined, proof: () => undefined },
    });
    return steps[0];
  };

  test("each namespace is a schema of its own, where neither job nor settings name one", async () => {
    for (const namespace of [lake.namespace, other]) {
      const outcome = (await register(namespace)).get("tiny");
      assert.equal(outcome?.target, `snowflake.PORTAL.${namespace.toUpperCase()}.TINY`);
      assert.equal(outcome?.proof?.verdict, "agrees", outcome?.error?.message);
    }
    assert.deepEqual([await count(lake.namespace), await count(other)], ["3", "7"]);
  });

  test("another table's registration is refused in the plan and at the run, and replaced where it is asked for", async () => {
    await register(lake.namespace, { schema: lake.schema });
    const refused = await planned({});
    assert.equal(refused?.action, "refuse");
    assert.match(refused?.why ?? "", /TINY stands on another table: .*\/tiny\/metadata\//);
    assert.match(refused?.ended?.error?.hint ?? "", /Choose another "schema" to keep both.*"ifExists": "replace"/);
    assert.match(
      (await planned({ ifExists: "replace" }))?.why ?? "",
      /another table stands there and is replaced, as asked/,
    );
    const outcome = (await register(other, { schema: lake.schema })).get("tiny");
    assert.deepEqual([outcome?.outcome, await count(lake.schema)], ["failed", "3"]);
    const replaced = (await register(other, { schema: lake.schema, ifExists: "replace" })).get("tiny");
    assert.match(replaced?.notes?.join() ?? "", /replaced as asked; .*grants/);
    assert.equal(await count(lake.schema), "7");
  });

  test("two tables of one job whose names Snowflake folds into one are both refused", async () => {
    const outcomes = await register(lake.namespace, { tables: ["orders", "ORDERS"], schema: lake.schema });
    for (const table of ["orders", "ORDERS"])
      assert.match(outcomes.get(table)?.error?.message ?? "", /orders and .*ORDERS would both become .*\.ORDERS\./);
  });

  test("two tables whose names the lake's Hive catalog folds into one are both refused", async () => {
    const parameters = { namespace: lake.namespace, tables: ["orders", "ORDERS"], from: "azure", to: "lake" };
    const outcomes = await runWhole("migrate-iceberg", { ...parameters, targetNamespace: `${lake.namespace}_back` });
    for (const table of ["orders", "ORDERS"])
      assert.match(outcomes.get(table)?.error?.message ?? "", /orders and .*ORDERS would both become lake\./);
  });

  test("what has the name and is no Iceberg table is left alone, and told", async () => {
    await snowflake.run(`CREATE TABLE IF NOT EXISTS portal.${lake.schema}.orders (ID VARCHAR)`);
    const outcome = (await register(lake.namespace, { tables: ["orders"], schema: lake.schema })).get("orders");
    assert.match(outcome?.error?.message ?? "", /ORDERS is there already, and is no Iceberg table/);
    await snowflake.run(`DROP TABLE portal.${lake.schema}.orders`);
  });

  test("a refresh that goes back is told, in the plan and in the outcome", async () => {
    const [first] = await lake.session.query(
      `select cast(snapshot_id as string) as id from azure.${other}.tiny.snapshots`,
    );
    await lake.sql(`insert into azure.${other}.tiny values (7)`);
    await register(other, { schema: lake.schema, ifExists: "replace" });
    assert.equal(await count(lake.schema), "8");
    const tables = [{ name: "tiny", snapshot: String(first?.id) }];
    assert.match((await planned({ tables }))?.why ?? "", /refreshed backwards, from snapshot \d+ to the older \d+/);
    const back = (await register(other, { schema: lake.schema, tables })).get("tiny");
    assert.match(
      back?.notes?.join() ?? "",
      new RegExp(`refreshed backwards, from snapshot \\d+ to the older ${first?.id}`),
    );
    assert.deepEqual([back?.proof?.verdict, await count(lake.schema)], ["agrees", "7"]);
  });
});
