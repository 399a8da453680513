import { mkdirSync, renameSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { cacheLayout, DUCKDB_EXTENSIONS, pinned } from "../layout.mjs";
import { once } from "../once.mjs";
import { PARTS } from "./about.mjs";
import { installPython, unpackSource } from "./pip.mjs";

/** @typedef {Record<string, string | undefined> & { CACHE_DIR: string }} Environment */

// Where pip would put what stands elsewhere in the source of PySpark.
const PLACES = [
  ...["jars", "bin", "sbin", "data", "licenses"].map(name => /** @type {const} */ ([join("deps", name), name])),
  /** @type {const} */ ([join("deps", "examples"), join("examples", "src", "main", "python")]),
  /** @type {const} */ (["lib", join("python", "lib")]),
];

/**
 * Spark from pip: its jars, and the Python that scripts run on. pip would first make a wheel of its source, which takes longer
 * than all the rest.
 * @param {Environment} environment
 */
export async function ensureSpark(environment) {
  const part = PARTS.spark();
  await once(part, cacheLayout(environment.CACHE_DIR).spark, async (staging, note) => {
    const source = await unpackSource(part.title, "pyspark", staging, environment, note);
    if (source === undefined) return;
    const home = join(staging, "pyspark");
    renameSync(join(source, "pyspark"), home);
    for (const [from, to] of PLACES) {
      mkdirSync(dirname(join(home, to)), { recursive: true });
      renameSync(join(source, from), join(home, to));
    }
    rmSync(source, { recursive: true, force: true });
  });
}

/**
 * Snowflake's grammar as sqlglot knows it, by which the tests parse what is sent there.
 * @param {Environment} environment
 */
export async function ensureGrammar(environment) {
  const part = PARTS.grammar();
  await once(part, cacheLayout(environment.CACHE_DIR).grammar, (staging, note) =>
    installPython(part.title, ["sqlglot"], staging, environment, note),
  );
}

/**
 * DuckDB's extensions, which npm does not have: `<name>.duckdb_extension` each.
 * @param {Environment} environment
 */
export async function ensureDuckdb(environment) {
  const part = PARTS.duckdb();
  await once(part, cacheLayout(environment.CACHE_DIR).duckdb, async (staging, note) => {
    const names = DUCKDB_EXTENSIONS.map(name => `duckdb-extension-${name}`);
    await installPython(part.title, names, staging, environment, note);
    for (const name of DUCKDB_EXTENSIONS) {
      const file = `${name}.duckdb_extension`;
      const version = `v${pinned(`duckdb-extension-${name}`)}`;
      renameSync(join(staging, `duckdb_extension_${name}`, "extensions", version, file), join(staging, file));
    }
  });
}
