import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { BlobServiceClient, StorageSharedKeyCredential } from "@azure/storage-blob";
import { azureStorage } from "../../../connectors/azure/azure.ts";
import { snowflakeAddress } from "../../../connectors/snowflake/address.ts";
import { openSnowflake, type Snowflake } from "../../../connectors/snowflake/connect.ts";
import type { Outcome } from "../../../core/jobs/outcome.ts";
import { type Namespace, newNamespace } from "../iceberg-lake.ts";
import { runWhole, settings } from "../lake.ts";

describe("a table on Azure becomes a table of Snowflake, and what can't is told", () => {
  const ends: (() => void | Promise<void>)[] = [];
  let lake: Namespace;
  let snowflake: Snowflake;
  before(async () => {
    lake = await newNamespace({ after: end => void ends.push(end) });
    snowflake = await openSnowflake({ ...snowflakeAddress(settings), schema: lake.schema });
    ends.push(() => snowflake.close());
  });
  after(async () => {
    for (const end of ends.reverse()) await end();
  });
  const onAzure = (table: string, rows: number) =>
    lake.sql(`create table azure.${lake.namespace}.${table} using iceberg as select id from range(${rows})`);
  const register = async (table: string, ways: object = {}): Promise<Outcome | undefined> =>
    (
      await runWhole("register-snowflake", { namespace: lake.namespace, tables: [table], schema: lake.schema, ...ways })
    ).get(table);
  const count = async (table: string) =>
    (await snowflake.run(`SELECT COUNT(*) AS N FROM portal.${lake.schema}.${table}`))[0]?.N;

  test("the first time, a refresh, and a replacement only where it is asked for, which says what is lost", async () => {
    await onAzure("t", 3);
    assert.deepEqual((await register("t"))?.notes, ["registered for the first time"]);
    await lake.sql(`insert into azure.${lake.namespace}.t values (3)`);
    assert.deepEqual((await register("t"))?.notes, ["refreshed; grants and tags stay"]);
    assert.equal(await count("t"), "4");
    const replaced = await register("t", { ifExists: "replace" });
    assert.match(replaced?.notes?.join() ?? "", /replaced as asked; .*grants, tags, policies.* is lost/);
    assert.equal(replaced?.proof?.verdict, "agrees");
  });

  test("a table that was dropped and made again is replaced, since its identity changed, and the outcome says so", async () => {
    await onAzure("reborn", 3);
    await register("reborn");
    await lake.sql(`drop table azure.${lake.namespace}.reborn`);
    await onAzure("reborn", 5);
    const outcome = await register("reborn");
    assert.match(outcome?.notes?.join() ?? "", /dropped and made again; .*grants, tags, policies.* is lost/);
    assert.equal(await count("reborn"), "5");
  });

  test("the snapshot that was proven is registered, also where the table moved on", async () => {
    await onAzure("pinned", 3);
    const [first] = await lake.session.query(
      `select cast(snapshot_id as string) as id from azure.${lake.namespace}.pinned.snapshots`,
    );
    await lake.sql(`insert into azure.${lake.namespace}.pinned values (3)`);
    const outcome = await register("pinned", { tables: [{ name: "pinned", snapshot: String(first?.id) }] });
    assert.deepEqual([outcome?.rows, outcome?.targetSnapshot, await count("pinned")], ["3", String(first?.id), "3"]);
  });

  test("a data file that is gone fails the job, and does not pass for an empty table", async () => {
    await onAzure("broken", 3);
    const [file] = await lake.session.query(`select file_path as path from azure.${lake.namespace}.broken.files`);
    await removeBlob(String(file?.path));
    const outcome = await register("broken");
    assert.equal(outcome?.outcome, "failed");
    assert.match(outcome?.error?.message ?? "", /404|not found|No such|BlobNotFound|does not exist/i);
  });

  test("a table that is not there, one without rows ever, and a view are refused with what to do", async () => {
    await lake.sql(`create table azure.${lake.namespace}.fresh (id int) using iceberg`);
    await lake.sql(`create view azure.${lake.namespace}.seen as select 1 as id`);
    const facts: [string, RegExp, RegExp][] = [
      ["nope", /no Iceberg table azure\..*\.nope/, /migrate-iceberg/],
      ["fresh", /has no snapshot yet/, /Migrate it again/],
      ["seen", /is a view, and Snowflake reads tables/, /its copy is a table/],
    ];
    for (const [table, says, hint] of facts) {
      const outcome = await register(table);
      assert.equal(outcome?.outcome, "failed", table);
      assert.match(outcome?.error?.message ?? "", says);
      assert.match(outcome?.error?.hint ?? "", hint);
    }
    await lake.sql(`drop view azure.${lake.namespace}.seen`);
  });

  test("a table outside of the external volume is refused, with the setting to correct", async () => {
    await onAzure("outside", 3);
    await snowflake.run(`CREATE EXTERNAL VOLUME IF NOT EXISTS ${lake.schema} STORAGE_LOCATIONS = ((NAME = 'n'
      STORAGE_PROVIDER = 'AZURE' STORAGE_BASE_URL = 'azure://${azureStorage(settings)?.account}.blob.core.windows.net/other/'
      AZURE_TENANT_ID = 't')) ALLOW_WRITES = FALSE`);
    settings.SNOWFLAKE_EXTERNAL_VOLUME = lake.schema;
    try {
      const outcome = await register("outside");
      assert.match(
        outcome?.error?.message ?? "",
        /lies outside Snowflake's external volume .*\/other\/.*SNOWFLAKE_EXTERNAL_VOLUME/,
      );
    } finally {
      delete settings.SNOWFLAKE_EXTERNAL_VOLUME;
    }
  });
});

async function removeBlob(address: string): Promise<void> {
  const storage = azureStorage(settings) ?? assert.fail("no Azure storage");
  const credential = new StorageSharedKeyCredential(storage.account, storage.key);
  const path = /^abfss:\/\/[^/]+\/(.*)$/.exec(address)?.[1] ?? assert.fail(address);
  await new BlobServiceClient(storage.endpoint, credential).getContainerClient(storage.container).deleteBlob(path);
}
