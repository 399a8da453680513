import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { execa } from "execa";
import { hasPostgres, startPostgres } from "../../connectors/iceberg/postgres.ts";
import { cloneWith } from "../clone.ts";
import { newNamespace } from "../iceberg-lake.ts";

const AZURE = {
  "io-impl": "org.apache.iceberg.azure.adlsv2.ADLSFileIO",
  warehouse: "abfss://${AZURE_CONTAINER}@${AZURE_ACCOUNT}.dfs.core.windows.net/shared",
  "adls.auth.shared-key.account.name": "${AZURE_ACCOUNT}",
  "adls.auth.shared-key.account.key": "${AZURE_KEY}",
  "adls.connection-string.${AZURE_ACCOUNT}.dfs.core.windows.net": "${AZURE_ENDPOINT}",
};

test("a catalog in a PostgreSQL that others share takes tables and histories, proven; a database without a driver is named", {
  skip: !hasPostgres,
}, async t => {
  const { sql, database } = await startPostgres(t);
  const { namespace, sql: spark } = await newNamespace(t);
  const table = `lake.${namespace}.t`;
  await spark(`create table ${table} using iceberg as select id, id % 3 as part from range(300)`);
  const at = (uri: string) => ({
    role: "target" as const,
    spark: {
      ...{ type: "jdbc", uri, "jdbc.schema-version": "V1", ...AZURE },
      ...{ "jdbc.user": database.user, "jdbc.password": "${SHARED_CATALOG_PASSWORD}" },
    },
  });
  const clone = cloneWith(t, { shared: at(database.uri), other: at("jdbc:mysql://127.0.0.1:1/catalog") });
  const run = async (parameters: object) => {
    const file = join(clone, "job.json");
    writeFileSync(
      file,
      JSON.stringify({ type: "migrate-iceberg", parameters: { namespace, tables: ["t"], ...parameters } }),
    );
    const environment = { ...process.env, SHARED_CATALOG_PASSWORD: database.password };
    const { all } = await execa(process.execPath, ["engines/run.ts", file], {
      ...{ cwd: clone, env: environment, reject: false, all: true },
    });
    assert.doesNotMatch(all, new RegExp(database.password));
    return all;
  };
  assert.match(await run({ to: "shared" }), /"verdict":"equal"/);
  const standing = () => sql("select table_namespace, table_name from iceberg_tables order by 1");
  assert.equal(standing(), `${namespace}|t`);

  const history = { to: "shared", targetNamespace: `${namespace}_h`, history: "all", ifExists: "sync" };
  assert.match(await run(history), /: succeeded, 300 rows/);
  await spark(`insert into ${table} values (300, 0)`);
  const synced = await run(history);
  assert.match(synced, /: succeeded, 301 rows/);
  assert.doesNotMatch(synced, /dropped and registered/);
  assert.equal(standing(), `${namespace}|t\n${namespace}_h|t`);

  const refused = await run({ to: "other" });
  assert.match(refused, /Spark has no JDBC driver for the catalog's database/);
  assert.match(refused, /spark\.jars in SPARK_CONF_FILE/);
});
