import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import type { Snowflake, SnowflakeRow } from "../../../connectors/snowflake/connect.ts";
import { SnowflakeError } from "../../../connectors/snowflake/errors.ts";
import { ensureSetup, findVolume, requiredSetup, volumeOf } from "../../../connectors/snowflake/setup.ts";
import { setupScript } from "../../../connectors/snowflake/setup-script.ts";
import { readSettings } from "../../../core/settings.ts";
import { temporaryFolder } from "./azurite.ts";
import { login, noStandIn, startStandIn } from "./stand-in.ts";

const azure = { account: "testaccount", container: "lake", tenant: "0000-tenant" };
const places = { volume: "v", integration: "c", database: "lake", schema: "sales" };
const required = { ...places, role: "loader", warehouse: "COMPUTE_WH", azure };

test("what is missing is made once, and used from then on", { skip: noStandIn }, async t => {
  const snowflake = await login(t, (await startStandIn(t)).address);
  assert.equal(await findVolume(snowflake, required), undefined);
  const first = await ensureSetup(snowflake, required);
  assert.deepEqual(first.made, ["DATABASE lake", "SCHEMA lake.sales", "CATALOG INTEGRATION c", "EXTERNAL VOLUME v"]);
  assert.equal(first.volume.base, "azure://testaccount.blob.core.windows.net/lake/");
  assert.deepEqual((await ensureSetup(snowflake, required)).made, []);
  assert.equal((await findVolume(snowflake, required))?.base, first.volume.base);
});

test("without a tenant the volume is not made, and the SQL for the administrator is given", {
  skip: noStandIn,
}, async t => {
  const snowflake = await login(t, (await startStandIn(t)).address);
  const { tenant: _, ...unknown } = azure;
  await assert.rejects(ensureSetup(snowflake, { ...required, azure: unknown }), (error: SnowflakeError) => {
    assert.match(error.message, /no EXTERNAL VOLUME v in Snowflake and AZURE_TENANT_ID is not set/);
    assert.match(error.hint ?? "", /CREATE EXTERNAL VOLUME IF NOT EXISTS v[\s\S]*AZURE_TENANT_ID = '<the tenant id/);
    return true;
  });
});

test("a role that may not make something gets the whole SQL for the administrator", async () => {
  const strict = answering(sql => {
    if (sql.startsWith("DESC")) throw new SnowflakeError("does not exist", { code: "002003" });
    throw new SnowflakeError("Insufficient privileges", { code: "003001", sqlState: "42501" });
  });
  await assert.rejects(ensureSetup(strict, required), (error: SnowflakeError) => {
    assert.match(error.message, /no DATABASE lake in Snowflake and this role may not make it/);
    assert.ok(error.hint?.includes(setupScript(required)));
    return true;
  });
});

test("something that is there and hidden from the role is told apart from something missing", async () => {
  const hidden = answering(sql => {
    if (sql.startsWith("DESC")) throw new SnowflakeError("does not exist or not authorized", { code: "002003" });
    return [{ status: "already exists, statement succeeded" }];
  });
  await assert.rejects(
    ensureSetup(hidden, required),
    /no DATABASE lake in Snowflake that this role may use, though it exists/,
  );
});

test("the administrator's SQL makes everything, grants it to the role, and ends with the consent", () => {
  const script = setupScript(required);
  const lines = script.split("\n");
  assert.equal(lines[0], "USE ROLE ACCOUNTADMIN;");
  for (const grant of [
    "GRANT USAGE ON DATABASE lake TO ROLE loader;",
    "GRANT USAGE, CREATE TABLE, CREATE ICEBERG TABLE ON SCHEMA lake.sales TO ROLE loader;",
    "GRANT USAGE ON EXTERNAL VOLUME v TO ROLE loader;",
    "GRANT USAGE ON INTEGRATION c TO ROLE loader;",
    'GRANT USAGE ON WAREHOUSE "COMPUTE_WH" TO ROLE loader;',
  ])
    assert.ok(lines.includes(grant), grant);
  assert.match(script, /STORAGE_BASE_URL = 'azure:\/\/testaccount\.blob\.core\.windows\.net\/lake\/'/);
  assert.match(script, /AZURE_CONSENT_URL[\s\S]*Storage Blob Data Reader[\s\S]*\nDESC EXTERNAL VOLUME v;$/);
});

test("the wish is told by the settings, else by the laptop's Azurite", t => {
  const folder = temporaryFolder(t, "laptop");
  const local = { account: "devaccount", container: "lake" };
  writeFileSync(join(folder, "services.json"), JSON.stringify({ azure: { ...local, endpoint: "http://127.0.0.1:1" } }));
  const address = { ...places, account: "a", url: "http://127.0.0.1:2", standIn: true, user: "PORTAL" };
  const settings = (given: object) => readSettings({ LAPTOP_DIR: folder, ...given }, "/no such file");
  const laptop = requiredSetup(settings({}), address).azure;
  assert.deepEqual({ ...laptop, tenant: undefined }, { ...local, tenant: undefined });
  assert.ok(laptop.tenant);
  const given = { AZURE_ACCOUNT: "real", AZURE_CONTAINER: "data", AZURE_TENANT_ID: "t-1" };
  const azure = requiredSetup(settings(given), { ...address, standIn: false }).azure;
  assert.deepEqual(azure, { account: "real", container: "data", tenant: "t-1" });
  assert.throws(() => requiredSetup(settings({ LAPTOP_DIR: "/no such folder" }), address), /AZURE_ACCOUNT=…/);
});

test("the consent page is read from the volume's description", () => {
  const location = {
    STORAGE_BASE_URL: "azure://a.blob.core.windows.net/c/",
    AZURE_CONSENT_URL: "https://login.example/consent",
    AZURE_MULTI_TENANT_APP_NAME: "snowflakepacint_1",
  };
  const row = { property: "STORAGE_LOCATION_1", property_value: JSON.stringify(location) };
  assert.deepEqual(volumeOf([{ property: "ALLOW_WRITES", property_value: "false" }, row]), {
    base: "azure://a.blob.core.windows.net/c/",
    consentUrl: "https://login.example/consent",
    appName: "snowflakepacint_1",
  });
  assert.throws(() => volumeOf([]), /no storage location/);
});

// Roles and their rights are Snowflake's alone: the stand-in has none to refuse with.
function answering(answer: (sql: string) => SnowflakeRow[]): Snowflake {
  return { address: {} as Snowflake["address"], run: async sql => answer(sql), close: async () => {} };
}
