import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { once } from "node:events";
import { mkdirSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { test } from "node:test";
import { isTrusted, snowflakeAddress } from "../../../connectors/snowflake/address.ts";
import { openSnowflake } from "../../../connectors/snowflake/connect.ts";
import { SnowflakeError } from "../../../connectors/snowflake/errors.ts";
import { readSettings, type Settings, SettingsError } from "../../../core/settings.ts";
import { temporaryFolder } from "./azurite.ts";
import { announce, login, noStandIn, startStandIn } from "./stand-in.ts";

const settings = (given: Partial<Settings>) => readSettings(given as NodeJS.ProcessEnv, "/no such file");
const real = { SNOWFLAKE_ACCOUNT: "myorg-myaccount", SNOWFLAKE_USER: "LOADER", SNOWFLAKE_DATABASE: "LAKE" };

test("an account is reached at its own host, with a key before a password", t => {
  const file = join(temporaryFolder(t, "key"), "key.p8");
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  writeFileSync(file, privateKey.export({ type: "pkcs8", format: "pem" }));
  const given = { ...real, SNOWFLAKE_PRIVATE_KEY_FILE: file, SNOWFLAKE_PASSWORD: "other" };
  const address = snowflakeAddress(settings(given));
  assert.equal(address.url, "https://myorg-myaccount.snowflakecomputing.com");
  assert.match(address.privateKey ?? "", /BEGIN PRIVATE KEY/);
  assert.equal(address.password, undefined);
  assert.equal(isTrusted(address), true);
});

test("what is missing is named with the line to write", () => {
  assert.throws(() => snowflakeAddress(settings(real)), /SNOWFLAKE_PRIVATE_KEY_FILE=…/);
  const { SNOWFLAKE_USER: _, ...userless } = { ...real, SNOWFLAKE_PASSWORD: "x" };
  assert.throws(() => snowflakeAddress(settings(userless)), /SNOWFLAKE_USER=…/);
});

test("an account that names a host is refused", () => {
  for (const SNOWFLAKE_ACCOUNT of ["https://evil.example", "evil.example/x", "a@b", "a b", "x#", "a:80"])
    assert.throws(() => snowflakeAddress(settings({ ...real, SNOWFLAKE_ACCOUNT })), SettingsError, SNOWFLAKE_ACCOUNT);
});

test("only Snowflake's hosts are trusted, and the stand-in of this machine", () => {
  const trusted = (url: string, standIn = false) => isTrusted({ url, standIn });
  assert.equal(trusted("https://a.b.snowflakecomputing.com"), true);
  assert.equal(trusted("https://a.cn-north-1.snowflakecomputing.cn"), true);
  for (const url of [
    "http://a.snowflakecomputing.com",
    "https://snowflakecomputing.com.evil.example",
    "https://evilsnowflakecomputing.com",
    "https://a.snowflakecomputing.com@evil.example",
    "http://127.0.0.1:8765",
  ])
    assert.equal(trusted(url), false, url);
  assert.equal(trusted("http://127.0.0.1:8765", true), true);
  assert.equal(trusted("http://192.168.1.5:8765", true), false);
  assert.equal(trusted("https://a.snowflakecomputing.com", true), false);
});

test("nothing is sent to a host that is not Snowflake's", async t => {
  let requests = 0;
  const server = createServer((_, response) => {
    requests += 1;
    response.end("{}");
  }).listen(0, "127.0.0.1");
  t.after(() => server.close());
  await once(server, "listening");
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const elsewhere = { ...snowflakeAddress(settings({ ...real, SNOWFLAKE_PASSWORD: "secret" })), url };
  await assert.rejects(openSnowflake(elsewhere), (error: unknown) => {
    assert.ok(error instanceof SnowflakeError);
    assert.match(error.message, /is not Snowflake's, so nothing was sent there/);
    return true;
  });
  assert.equal(requests, 0);
});

test("the laptop's stand-in is found through services.json", { skip: noStandIn }, async t => {
  const folder = temporaryFolder(t, "laptop");
  mkdirSync(folder, { recursive: true });
  announce(folder, await startStandIn(t));
  const snowflake = await login(t, snowflakeAddress(settings({ LAPTOP_DIR: folder })));
  assert.deepEqual(await snowflake.run("SELECT 1 AS ONE"), [{ ONE: "1" }]);
});

test("without an account and a stand-in, both ways out are named", t => {
  const LAPTOP_DIR = temporaryFolder(t, "laptop");
  assert.throws(() => snowflakeAddress(settings({ LAPTOP_DIR })), /npm run laptop.*SNOWFLAKE_ACCOUNT=…/);
});
