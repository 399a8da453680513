import assert from "node:assert/strict";
import { test } from "node:test";
import { tellStatement } from "../../../connectors/snowflake/driver.ts";
import {
  createStatement,
  describeStatement,
  refreshStatement,
  showStatement,
} from "../../../connectors/snowflake/iceberg-table.ts";
import { setupScript } from "../../../connectors/snowflake/setup-script.ts";
import { readSettings } from "../../../core/settings.ts";
import { collected, complaintsAbout } from "./grammar.ts";

const cache = readSettings().CACHE_DIR;
const odd = { database: "portal", schema: 'a"b', table: "größe; drop table x" };

test("the grammar knows a wrong statement from a right one", async () => {
  const wrong = [
    "SELECT COUNT(*) AS N FROM t WHER x",
    "CREATE ICEBERG TABLE a.b.c EXTERNAL_VOLUM 'V'",
    "ALTER ICEBERG TABLE a.b.c REFRSH 'x'",
    "ALTER ICEBERG TABLE a.b.c REFRESH 'x' 'y'",
    "DESC EXTERNL VOLUME v",
    "SELECT 1; DROP TABLE x",
    "SHOW ICEBRG TABLES",
  ];
  assert.deepEqual(
    (await complaintsAbout(wrong, cache)).map(({ sql }) => sql),
    wrong,
  );
});

test("statements about tables of odd names are statements still", async () => {
  const source = { volume: "it's", integration: "i n", metadataPath: "w/it's/metadata/1.metadata.json" };
  const all = [
    createStatement(odd, source),
    createStatement(odd, source, { replace: true }),
    refreshStatement(odd, source.metadataPath),
    showStatement(odd),
    describeStatement(odd),
  ];
  assert.deepEqual(await complaintsAbout(all, cache), []);
});

test("what an administrator is given to run is what Snowflake takes", async () => {
  const azure = { account: "acme", container: "lake", tenant: "t" };
  const script = setupScript({
    ...{ volume: "v", integration: "c", database: "lake", schema: "sales", role: "loader", warehouse: "wh" },
    ...{ azure, schemaByNamespace: true },
  });
  const statements = script
    .replaceAll(/^--.*$/gm, "")
    .split(";\n")
    .map(statement => statement.trim().replace(/;$/, ""));
  assert.deepEqual(await complaintsAbout(statements, cache), []);
});

test("what a test itself sends is not held against the grammar", () => {
  tellStatement("SELECT 1 AS of_a_test");
  const all = collected(process.env.SNOWFLAKE_STATEMENTS_FILE ?? "");
  assert.deepEqual(
    all.filter(sql => sql.includes("of_a_test")),
    [],
  );
});
