import assert from "node:assert/strict";
import { test } from "node:test";
import { temporaryLayout } from "../core/audit/archive.ts";
import { command } from "./run.ts";

const { LAPTOP_DIR, SPARK_REMOTE, HIVE_METASTORE_URI, LAKE_WAREHOUSE } = process.env;
const skip = SPARK_REMOTE ? false : "SPARK_REMOTE is not set: there is no Spark to look at";

test("where no Spark is set, the doctor says which line to write and ends with 1", async t => {
  const { code, out } = await command("doctor.ts", temporaryLayout(t));
  assert.equal(code, 1);
  assert.match(out, /^✓ {2}node +v24/m);
  assert.match(out, /^✓ {2}folders /m);
  assert.match(out, /^✕ {2}spark +No Spark is set or started: .*SPARK_REMOTE=sc:/m);
  assert.match(out, /needs? mending\.\n$/);
});

test("a wrong setting is named, and nothing else is looked at", async t => {
  const { code, out } = await command("doctor.ts", temporaryLayout(t), [], { PORTAL_PORT: "many" });
  assert.equal(code, 1);
  assert.match(out, /^✕ {2}settings +PORTAL_PORT: .*\.env/);
  assert.doesNotMatch(out, /node/);
});

test("no secret of the settings is printed, nor the token of SPARK_REMOTE", async t => {
  const secrets = { AZURE_KEY: "s3cret1", AUDIT_KEY: "s3cret2", SPARK_REMOTE: "sc://127.0.0.1:1/;token=s3cret3" };
  const { out, err } = await command("doctor.ts", temporaryLayout(t), [], secrets);
  assert.match(out, /^✕ {2}spark +No Spark Connect server answered at 127\.0\.0\.1:1/m);
  assert.doesNotMatch(out + err, /s3cret/);
});

test("too little room on the disk is named", async t => {
  const { out } = await command("doctor.ts", temporaryLayout(t), [], { MIN_FREE_MB: "999999999" });
  assert.match(out, /^✕ {2}disk +Only \d+ MB are free/m);
});

test("the doctor looks at Spark, its redaction, the metastore, every catalog, Azure and Snowflake", {
  skip,
}, async t => {
  const environment = { LAPTOP_DIR, SPARK_REMOTE, HIVE_METASTORE_URI, LAKE_WAREHOUSE };
  const { out } = await command("doctor.ts", temporaryLayout(t), [], environment);
  assert.match(out, /^✓ {2}spark +Spark 4\.[01]\.\d+ at /m);
  assert.match(out, /^[✓✕] {2}redaction /m);
  assert.match(out, /^✓ {2}metastore +Hive 2, \d+ databases?/m);
  assert.match(out, /^✓ {2}catalog hive +\d+ namespaces?/m);
  assert.match(out, /^✓ {2}catalog lake +\d+ namespaces?/m);
  assert.match(out, /^✓ {2}azure +container lake of account /m);
  assert.match(out, /^✓ {2}snowflake +.*external volume/m);
});
