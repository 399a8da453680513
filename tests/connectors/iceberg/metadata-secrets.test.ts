import assert from "node:assert/strict";
import { test } from "node:test";
import { looksSecret, whyNotHere } from "../../../connectors/catalog-browser/allowed.ts";
import { SECRETS } from "../../../core/settings.ts";
import { settings } from "../../engines/lake.ts";
import { pickers } from "./pickers.ts";

test("a catalog that needs a secret is refused in a sentence, the others are looked into, and no secret is read", async t => {
  // Without a warehouse that is set, the lake's is looked for where Azure's names are, too.
  const { LAKE_WAREHOUSE: _, ...guarded } = settings;
  for (const name of SECRETS) {
    const get = () => assert.fail(`${name} was read`);
    Object.defineProperty(guarded, name, { get, enumerable: true });
  }
  const metadata = pickers(t, { within: 60_000 }, guarded);
  const why = "The catalog azure needs AZURE_KEY, which only the worker holds.";
  for (const listed of [await metadata.namespaces("azure"), await metadata.names("azure", "any")]) {
    assert.deepEqual([listed.items, listed.pending, listed.error], [[], false, why]);
  }
  assert.deepEqual(metadata.details("azure", "any", ["t"]), [{ name: "t", pending: false, error: why }]);
  assert.equal(metadata.pending("azure", "any"), 0);
  for (const catalog of ["hive", "lake"]) {
    const { items, error } = await metadata.namespaces(catalog);
    assert.equal(error, undefined);
    assert.ok(items.includes("default"), catalog);
  }
});

test("a catalog that nobody set up is named, with those that are there", async t => {
  const metadata = pickers(t);
  for (const name of ["lakes", "constructor", "__proto__", "a'b", ""]) {
    const { error } = await metadata.namespaces(name);
    assert.equal(error, `There is no catalog "${name}" in catalogs.json; it has hive, lake, azure.`);
  }
  assert.equal(whyNotHere("hive"), undefined);
  assert.equal(whyNotHere("lake"), undefined);
});

test("a name tells whether a setting of somebody's own holds a secret", () => {
  for (const key of [
    "token",
    "credential",
    "oauth2.client-secret",
    "POLARIS_TOKEN",
    "PGPASSWORD",
    "s3.secret-access-key",
    "s3.access-key",
    "adls.auth.shared-key.account.key",
    "adls.sas-token.account.dfs.core.windows.net",
    "spark.hadoop.fs.s3a.access.key",
  ])
    assert.ok(looksSecret(key), key);
  for (const key of [
    "uri",
    "warehouse",
    "io-impl",
    "adls.auth.shared-key.account.name",
    "spark.executor.memory",
    "jdbc.schema-version",
  ])
    assert.ok(!looksSecret(key), key);
});
