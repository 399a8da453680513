import assert from "node:assert/strict";
import { test } from "node:test";
import { SECRETS } from "../../core/settings.ts";
import { laptopFolders, makeFolders } from "../../laptop/folders.ts";
import { plainEnvironment } from "../../laptop/launch.ts";
import { stackNames } from "../../laptop/plans.ts";
import { connectConf, driverMegabytes } from "../../laptop/servers/connect-conf.ts";
import { hiveSite } from "../../laptop/servers/metastore.ts";
import { temporaryFolder } from "./processes.ts";

test("the laptop's Spark hides what Spark hides by itself, and the keys of a storage account", t => {
  const folders = laptopFolders(temporaryFolder(t));
  makeFolders(folders);
  const pattern = connectConf(folders, "thrift://127.0.0.1:9083")["spark.redaction.regex"] ?? "";
  assert.match(pattern, /^\(\?i\)secret\|password\|token\|access\[\.\]\?key\|/);
  const hidden = new RegExp(pattern.slice("(?i)".length), "i");
  for (const key of ["adls.auth.shared-key.account.key", "fs.azure.account.key.x", "snowflake.PASSWORD", "access.key"])
    assert.match(key, hidden);
  assert.doesNotMatch("spark.sql.catalog.lake.warehouse", hidden);
});

test("Spark takes a quarter of the machine's memory, 1 GB at least and 4 GB at most", () => {
  assert.deepEqual(
    [2, 8, 64].map(gigabytes => driverMegabytes(gigabytes * 2 ** 30)),
    [1024, 2048, 4096],
  );
});

test("the metastore's settings stay XML whatever its folder is called", () => {
  assert.match(
    hiveSite({ folder: "/home/a&b/<c>", warehouse: "/w" }),
    /databaseName=\/home\/a&amp;b\/&lt;c>\/derby;create=true/,
  );
});

test("what is set is not started", () => {
  assert.deepEqual(stackNames({}), ["metastore", "spark", "azure", "snowflake"]);
  assert.deepEqual(stackNames({ HIVE_METASTORE_URI: "thrift://hive:9083" }), ["spark", "azure", "snowflake"]);
  assert.deepEqual(stackNames({ SPARK_REMOTE: "sc://spark:15002" }), ["azure", "snowflake"]);
  assert.deepEqual(stackNames({ SPARK_MASTER: "yarn", AZURE_ACCOUNT: "mine" }), ["snowflake"]);
  assert.deepEqual(stackNames({ SPARK_MASTER: "yarn", SNOWFLAKE_ACCOUNT: "ORG-MINE" }), ["azure"]);
});

test("a service gets no secret with its environment", () => {
  const environment = Object.fromEntries([...SECRETS, "PATH", "SPARK_REMOTE"].map(name => [name, "x"]));
  assert.deepEqual(plainEnvironment(environment), { PATH: "x", LANG: "C.UTF-8" });
  assert.equal(plainEnvironment({ LANG: "de_DE.UTF-8" }).LANG, "de_DE.UTF-8");
});
