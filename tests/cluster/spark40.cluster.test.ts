import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { execa } from "execa";
import { PROJECT, readSettings } from "../../core/settings.ts";
import { once } from "../../setup/once.mjs";
import { ensureJars } from "../../setup/parts/jars.mjs";
import { installPython } from "../../setup/parts/pip.mjs";

const VERSION = "4.0.5";

// What touches Spark in the most ways: every format and type, transactional tables, proofs, files, logs, catalogs.
const FILES = [
  "connectors/spark/session.test.ts",
  "connectors/spark/types.test.ts",
  "connectors/spark/copy.test.ts",
  "journey/chain.test.ts",
  "journey/secrets.test.ts",
  "engines/ingest-hive/matrix.test.ts",
  "engines/ingest-hive/transactional.test.ts",
  "engines/migrate-iceberg/migrate-iceberg.test.ts",
  "engines/register-snowflake/register-snowflake.test.ts",
  "engines/compare-tables/compare-tables.test.ts",
  "engines/load-csv/load-csv.test.ts",
  "engines/analyze-logs/analyze-logs.test.ts",
];

test(`a Spark ${VERSION} that SPARK_HOME names passes what a job of every kind asks of Spark`, {
  timeout: 1_800_000,
}, async () => {
  const { CACHE_DIR } = readSettings();
  const folder = join(CACHE_DIR, `pyspark-${VERSION}`);
  const SPARK_HOME = join(folder, "pyspark");
  const title = `Spark ${VERSION} for the tests`;
  await once(title, folder, (staging, note) =>
    installPython(title, [`pyspark==${VERSION}`], staging, process.env, note),
  );
  await ensureJars({ ...process.env, CACHE_DIR, SPARK_HOME });
  // A run of its own, which starts a stack with this Spark.
  const run = await execa(process.execPath, ["tests/run.ts", ...FILES.map(file => `tests/${file}`)], {
    ...{
      cwd: PROJECT,
      env: { PATH: process.env.PATH, HOME: process.env.HOME, CACHE_DIR, SPARK_HOME },
      extendEnv: false,
      reject: false,
      all: true,
    },
  });
  assert.equal(run.exitCode, 0, run.all.slice(-8000));
  assert.match(run.all, /^ℹ pass [1-9]\d/m);
});
