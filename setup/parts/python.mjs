import { renameSync } from "node:fs";
import { join } from "node:path";
import { cacheLayout, DUCKDB_EXTENSIONS, pinned } from "../layout.mjs";
import { once } from "../once.mjs";
import { installPython } from "./pip.mjs";

/** @typedef {Record<string, string | undefined> & { CACHE_DIR: string }} Environment */

/**
 * Spark from pip: its jars are all that is used of it.
 * @param {Environment} environment
 */
export async function ensureSpark(environment) {
  const title = `Spark ${pinned("pyspark")}`;
  await once(title, cacheLayout(environment.CACHE_DIR).spark, (staging, note) =>
    installPython(title, ["pyspark"], staging, environment, note),
  );
}

/**
 * Snowflake's grammar as sqlglot knows it, by which the tests parse what is sent there.
 * @param {Environment} environment
 */
export async function ensureGrammar(environment) {
  const title = `sqlglot ${pinned("sqlglot")}`;
  await once(title, cacheLayout(environment.CACHE_DIR).grammar, (staging, note) =>
    installPython(title, ["sqlglot"], staging, environment, note),
  );
}

/**
 * DuckDB's extensions, which npm does not have: `<name>.duckdb_extension` each.
 * @param {Environment} environment
 */
export async function ensureDuckdb(environment) {
  const title = `DuckDB extensions ${pinned("duckdb-extension-iceberg")}`;
  await once(title, cacheLayout(environment.CACHE_DIR).duckdb, async (staging, note) => {
    const names = DUCKDB_EXTENSIONS.map(name => `duckdb-extension-${name}`);
    await installPython(title, names, staging, environment, note);
    for (const name of DUCKDB_EXTENSIONS) {
      const file = `${name}.duckdb_extension`;
      const version = `v${pinned(`duckdb-extension-${name}`)}`;
      renameSync(join(staging, `duckdb_extension_${name}`, "extensions", version, file), join(staging, file));
    }
  });
}
