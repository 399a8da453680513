import assert from "node:assert/strict";
import { test } from "node:test";
import * as statements from "../../../connectors/snowflake/iceberg-table.ts";

const table = { database: "lake", schema: "sales", table: "Order_Lines" };
const source = { volume: "portal_volume", integration: "portal_catalog", metadataPath: "w/o'k/1.metadata.json" };

test("a table is created at its metadata file, replaced only where that is asked for", () => {
  const sql = statements.createStatement(table, source);
  assert.match(sql, /^CREATE ICEBERG TABLE lake\.sales\."Order_Lines"\n/);
  assert.match(sql, /EXTERNAL_VOLUME = 'PORTAL_VOLUME'/);
  assert.match(sql, /METADATA_FILE_PATH = 'w\/o''k\/1\.metadata\.json'$/);
  assert.match(statements.createStatement(table, source, { replace: true }), /^CREATE OR REPLACE ICEBERG TABLE /);
});

test("the pattern that finds a table has no wildcards of its own", () => {
  assert.match(statements.showStatement(table), /LIKE 'Order\\\\_Lines' IN SCHEMA lake\.sales$/);
});

test("a file's path is told from the volume's base, whatever address it has", () => {
  const base = "azure://acct.blob.core.windows.net/lake/";
  const file = "abfss://lake@acct.dfs.core.windows.net/w/t/metadata/1.metadata.json";
  assert.equal(statements.volumePath(file, base), "w/t/metadata/1.metadata.json");
  assert.equal(statements.volumePath(file, `${base}w`), "t/metadata/1.metadata.json");
  assert.equal(statements.volumePath("wasbs://lake@acct.blob.core.windows.net/w/x", base), "w/x");
  assert.equal(statements.volumePath(file.replace("lake@", "other@"), base), undefined);
  assert.equal(statements.volumePath(file.replace("@acct", "@another"), base), undefined);
  assert.equal(statements.volumePath(file.replace("/w/", "/wide/"), `${base}w/`), undefined);
});

test("one file is recognised under each of its addresses", () => {
  const file = "abfss://lake@acct.dfs.core.windows.net/w/1.metadata.json";
  assert.equal(statements.isSameFile(file, "azure://acct.blob.core.windows.net/lake/w/1.metadata.json"), true);
  assert.equal(statements.isSameFile(file, "azure://acct.blob.core.windows.net/lake/w/2.metadata.json"), false);
  assert.equal(statements.isSameFile(file, "azure://acct.blob.core.windows.net/other/w/1.metadata.json"), false);
  assert.equal(statements.isSameFile("nonsense", "nonsense"), false);
});
