import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { test } from "node:test";
import { promisify } from "node:util";
import { loadDriver } from "../../connectors/snowflake/driver.ts";
import { driverFile } from "../../setup/layout.mjs";

const require = createRequire(import.meta.url);

test("Snowflake's driver is loaded as one file, and has all that its package gives", async () => {
  const driver = await loadDriver();
  assert.deepEqual(Object.keys(require.cache), [driverFile()]);
  assert.equal(driver, require(driverFile()));
  assert.deepEqual(Object.keys(driver), Object.keys(require("snowflake-sdk")));
});

test("what is left out of it says so when it is used", async () => {
  process.env.SNOWFLAKE_WIF_ALLOWED_HOST_SUFFIXES = "127.0.0.1";
  const connection = (await loadDriver()).createConnection({
    ...{ account: "a", username: "u", accessUrl: "http://127.0.0.1:1" },
    ...{ authenticator: "WORKLOAD_IDENTITY", workloadIdentityProvider: "AZURE" },
  });
  await assert.rejects(
    promisify((done: (error: unknown) => void) => connection.connect(done))(),
    /@azure\/identity is left out of this driver: setup\/parts\/driver\.mjs says why/,
  );
});
