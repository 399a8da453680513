import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { unlinkSync } from "node:fs";
import { join } from "node:path";
import { after, afterEach, before, describe, test } from "node:test";
import { blobFolder } from "../../../connectors/azure/blob-folder.ts";
import { describeIceberg, metadataFile, placeOf } from "../../../connectors/iceberg/iceberg.ts";
import type { Outcome } from "../../../core/jobs/outcome.ts";
import { watchFailpoints } from "../../../core/system/failpoint.ts";
import { openDuckdb } from "../duckdb.ts";
import { deleteByValue } from "../equality-delete.ts";
import { sameHistory, sameInDuckdb } from "../history.ts";
import { type Namespace, newNamespace } from "../iceberg-lake.ts";
import { runWhole, settings } from "../lake.ts";
import { create, expire, insert, pasts, procedure } from "./pasts.ts";

describe("an Iceberg table goes to Azure with its history", () => {
  const ends: (() => void | Promise<void>)[] = [];
  let lake: Namespace;
  let first: Map<string, Outcome>;
  let duckdb: Awaited<ReturnType<typeof openDuckdb>>;
  const at = (catalog: string, table: string) => ({ catalog, namespace: lake.namespace, table });
  const inLake = (table: string) => `lake.${lake.namespace}.${table}`;
  const inAzure = (table: string) => `azure.${lake.namespace}.${table}`;
  const job = (tables: unknown, more: object = {}) =>
    runWhole("migrate-iceberg", { namespace: lake.namespace, tables, history: "all", ifExists: "sync", ...more });
  const sync = async (table: string, more: object = {}) => (await job([table], more)).get(table);
  const blobs = async (table: string) => {
    const name = at("azure", table);
    const { location } = (await describeIceberg(lake.session, name))
      ? await placeOf(lake.session, name)
      : { location: "" };
    return [...((await (await blobFolder(location, settings))?.list()) ?? new Map()).keys()];
  };
  const count = async (table: string) => {
    const [row] = await lake.session.query(`select cast(count(*) as string) as n from ${table}`);
    return String(row?.n);
  };
  before(async () => {
    lake = await newNamespace({ after: end => void ends.push(end) });
    const folder = `file:${settings.LAPTOP_DIR}/warehouse/${lake.namespace}`;
    await Promise.all(Object.entries(pasts).map(([table, { made }]) => lake.sql(...made(inLake(table), folder))));
    duckdb = await openDuckdb();
    ends.push(() => duckdb.close());
    first = await job(Object.keys(pasts));
  });
  afterEach(() => watchFailpoints(() => {}));
  after(async () => {
    for (const end of ends.reverse()) await end();
  });

  for (const [table, { what }] of Object.entries(pasts)) {
    test(`every snapshot, tag and branch answers the same on both sides: ${what}`, async () => {
      const outcome = first.get(table);
      assert.equal(outcome?.outcome, "succeeded", outcome?.error?.message);
      assert.equal(outcome?.proof?.verdict, "equal");
      await sameHistory(lake.session, at("lake", table), at("azure", table));
      assert.equal(outcome?.targetSnapshot, outcome?.sourceSnapshot);
    });

    test(`DuckDB reads the rows of every snapshot of the copy as Spark reads the source's: ${what}`, async () => {
      await sameInDuckdb(lake.session, at("lake", table), at("azure", table), duckdb);
    });
  }

  test("nothing of the work is left: no hidden table", async () => {
    const tables = await lake.session.command(`show tables in azure.${lake.namespace}`);
    assert.deepEqual(tables.map(row => row.tableName).sort(), Object.keys(pasts).sort());
  });

  test("statistics files come along", async () => {
    const all = [...(await blobs("appended")), ...(await blobs("evolved"))];
    assert.ok(all.some(name => name.endsWith(".stats")));
    assert.ok(all.some(name => /partition-stats/.test(name)));
  });

  test("a sync without news copies nothing and says so; one new snapshot brings only its files, and Snowflake is refreshed", async () => {
    const register = () =>
      runWhole("register-snowflake", { namespace: lake.namespace, tables: ["appended"], schema: lake.schema });
    assert.equal((await register()).get("appended")?.proof?.verdict, "agrees");
    const none = await sync("appended");
    assert.deepEqual([none?.outcome, none?.figures?.["copied files"]], ["succeeded", "0"], none?.error?.message);
    assert.match(none?.notes?.join() ?? "", /nothing new/);
    const before = new Set(await blobs("appended"));
    await lake.sql(insert(inLake("appended"), 200, 201));
    const one = await sync("appended");
    const fresh = (await blobs("appended")).filter(name => !before.has(name));
    // A data file, a manifest, its list, and the metadata file.
    assert.deepEqual([one?.figures?.["copied files"], fresh.length], ["4", 4], fresh.join());
    assert.match(one?.notes?.join() ?? "", /all new 1 snapshot equal/);
    await sameHistory(lake.session, at("lake", "appended"), at("azure", "appended"));
    const again = (await register()).get("appended");
    assert.match(again?.notes?.join() ?? "", /refreshed/, again?.error?.message);
    assert.equal(again?.rows, "201");
  });

  test("a source that went back takes its copy back with it", async () => {
    const [oldest] = await lake.session.query(
      `select cast(snapshot_id as string) as id from ${inLake("appended")}.snapshots order by committed_at limit 1`,
    );
    await lake.sql(procedure("rollback_to_snapshot", inLake("appended"), `, snapshot_id => ${oldest?.id}`));
    const back = await sync("appended");
    assert.equal(back?.rows, "100", back?.error?.message);
    assert.equal(await count(inAzure("appended")), "100");
    await sameHistory(lake.session, at("lake", "appended"), at("azure", "appended"));
  });

  test("what the source expired goes at the target only where that is asked for", async () => {
    const before = await blobs("deleted_by_position");
    await lake.sql(expire(inLake("deleted_by_position")));
    assert.equal((await sync("deleted_by_position"))?.figures?.["removed files"], undefined);
    const kept = await blobs("deleted_by_position");
    assert.deepEqual(
      before.filter(name => !kept.includes(name)),
      [],
    );
    await lake.sql(
      `insert overwrite ${inLake("deleted_by_position")} values (9, 'z', 1)`,
      expire(inLake("deleted_by_position")),
    );
    const removed = await sync("deleted_by_position", { expire: true });
    assert.ok(Number(removed?.figures?.["removed files"]) > 0, removed?.error?.message);
    const left = await blobs("deleted_by_position");
    assert.equal(kept.filter(name => !left.includes(name)).length, Number(removed?.figures?.["removed files"]));
    await sameHistory(lake.session, at("lake", "deleted_by_position"), at("azure", "deleted_by_position"));
  });

  test("an expire at the source in the middle of a copy leads to a new plan, not to a failure", async () => {
    const table = inLake("vectors");
    await lake.sql(`insert overwrite ${table} values (1, 'a', 1)`, `insert overwrite ${table} values (2, 'b', 1)`);
    let expired = false;
    watchFailpoints((_, call) => {
      if (expired || call !== "history staged") return;
      expired = true;
      execFileSync(process.execPath, [join(import.meta.dirname, "..", "run-sql.ts"), expire(table)]);
    });
    const outcome = await sync("vectors");
    assert.ok(expired);
    assert.equal(outcome?.outcome, "succeeded", outcome?.error?.message);
    assert.match(outcome?.notes?.join() ?? "", /planned again/);
    await sameHistory(lake.session, at("lake", "vectors"), at("azure", "vectors"));
  });

  test("two syncs at once leave one state, and neither loses the other's", async () => {
    await lake.sql(insert(inLake("evolved").replace("evolved", "compacted"), 30, 31));
    const both = await Promise.all([sync("compacted"), sync("compacted")]);
    for (const one of both) if (one?.outcome !== "succeeded") assert.match(one?.error?.message ?? "", /somebody else/);
    assert.ok(both.some(one => one?.outcome === "succeeded"));
    await sameHistory(lake.session, at("lake", "compacted"), at("azure", "compacted"));
    assert.match((await sync("compacted"))?.notes?.join() ?? "", /nothing new/);
  });

  test("a target that somebody wrote to is left alone until it is to be replaced", async () => {
    await lake.sql(
      `insert into ${inAzure("evolved")} values (99, 'mine', 1)`,
      `insert into ${inLake("evolved")} values (21, 's', 1)`,
    );
    const mine = await metadataFile(lake.session, at("azure", "evolved"));
    const refused = await sync("evolved");
    assert.match(refused?.error?.message ?? "", /Somebody else wrote to/);
    assert.equal(await metadataFile(lake.session, at("azure", "evolved")), mine);
    assert.equal((await sync("evolved", { ifExists: "replace" }))?.outcome, "succeeded");
    await sameHistory(lake.session, at("lake", "evolved"), at("azure", "evolved"));
  });

  test("what can't be copied is refused in the plan, with a way out", async () => {
    const made = (table: string, ...more: string[]) =>
      lake.sql(create(inLake(table), "'format-version' = '2'"), insert(inLake(table), 0, 5), ...more);
    await made("equality");
    await deleteByValue(lake.namespace, "equality", "id", 3);
    await made("log_gone", insert(inLake("log_gone"), 5, 6));
    const [oldest] = await lake.session.query(
      `select file from ${inLake("log_gone")}.metadata_log_entries order by timestamp limit 1`,
    );
    unlinkSync(String(oldest?.file).replace(/^file:/, ""));
    await lake.sql(
      create(
        inLake("outside"),
        `'format-version' = '2', 'write.data.path' = 'file:${settings.LAPTOP_DIR}/warehouse/${lake.namespace}/elsewhere'`,
      ),
      insert(inLake("outside"), 0, 5),
      create(inAzure("foreign_one"), "'format-version' = '2'"),
      create(inLake("foreign_one"), "'format-version' = '2'"),
      insert(inLake("foreign_one"), 0, 5),
      `create view ${inLake("seen")} as select 1 as one`,
    );
    const found = await job(["equality", "log_gone", "outside", "foreign_one", "seen"]);
    const said = (table: string) => `${found.get(table)?.error?.message} ${found.get(table)?.error?.hint}`;
    assert.match(said("equality"), /1 equality delete file.*compact/i);
    assert.match(said("log_gone"), /metadata log.*not there any more/);
    assert.match(said("outside"), /outside of its location.*rewrite_data_files/);
    assert.match(said("foreign_one"), /no copy of a history.*"ifExists": "replace"/);
    assert.match(said("seen"), /view/);
    for (const { error } of found.values()) assert.equal(error?.refused, true);
  });
});
