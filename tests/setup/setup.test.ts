import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { PROJECT } from "../../core/settings.ts";
import { run } from "../../setup/child.mjs";
import { needs } from "../../setup/environment.mjs";
import { cacheLayout } from "../../setup/layout.mjs";
import { programs, stampedCache, temporaryFolder } from "./stamped.ts";

const JAVA_17 = { java: { prints: 'openjdk version "17.0.1"', code: 0 } };

// Every setting is given, so that a `.env` in the project changes nothing here.
function setUp(env: Record<string, string>, ...flags: string[]) {
  // Nothing can be written there: the project's own portal must not show what a test sets up.
  const bare = {
    LAPTOP_DIR: "/dev/null/laptop",
    SPARK_REMOTE: "",
    SPARK_HOME: "",
    SNOWFLAKE_ACCOUNT: "",
    AZURE_ACCOUNT: "lakehouse",
    HOME: tmpdir(),
  };
  return run(process.execPath, [join(PROJECT, "setup.mjs"), ...flags], { env: { ...bare, ...env } });
}

test("a set-up where everything is there does nothing and says nothing", async t => {
  const CACHE_DIR = stampedCache(
    t,
    "spark",
    "classes",
    "jars",
    "hdfs",
    "kafka",
    "hive",
    "yarn",
    "grammar",
    "duckdb",
    "azurite",
  );
  const { code, output } = await setUp({ CACHE_DIR, PATH: programs(t, JAVA_17) }, "--tests");
  assert.deepEqual({ code, output }, { code: 0, output: "" });
});

const OWN = { SPARK_REMOTE: "sc://spark.example:15002", SNOWFLAKE_ACCOUNT: "ORG-ACCOUNT", AZURE_ACCOUNT: "lakehouse" };

test("with a Spark, a Snowflake and an Azure of one's own nothing is installed", async t => {
  const CACHE_DIR = join(temporaryFolder(t), "cache");
  const { code, output } = await setUp({ CACHE_DIR, ...OWN, PATH: programs(t, {}) });
  assert.deepEqual({ code, output }, { code: 0, output: "" });
  assert.equal(existsSync(CACHE_DIR), false);
});

test("without a Snowflake of one's own DuckDB's extensions are needed, which the stand-in reads with", () => {
  assert.deepEqual(needs(OWN, []), {
    spark: false,
    java: false,
    jars: false,
    hdfs: false,
    kafka: false,
    classes: false,
    hive: false,
    yarn: false,
    grammar: false,
    duckdb: false,
    azurite: false,
  });
  assert.equal(needs({ ...OWN, SNOWFLAKE_ACCOUNT: "" }, []).duckdb, true);
  assert.equal(needs(OWN, ["--tests"]).duckdb, true);
  assert.equal(needs({}, ["--production"]).duckdb, false);
});

test("without an Azure of one's own Azurite is needed", () => {
  assert.equal(needs({ ...OWN, AZURE_ACCOUNT: "" }, []).azurite, true);
  assert.equal(needs(OWN, ["--tests"]).azurite, true);
  assert.equal(needs({}, ["--production"]).azurite, false);
});

test("a first start does not wait for Kafka, a small HDFS and Spark's classes: they come after it", () => {
  const { spark, jars, kafka, hdfs, classes } = needs({}, []);
  assert.deepEqual(
    { spark, jars, kafka, hdfs, classes },
    { ...{ spark: true, jars: true, kafka: false }, ...{ hdfs: false, classes: false } },
  );
  const later = needs({}, ["--later"]);
  assert.deepEqual([later.kafka, later.hdfs, later.classes], [true, false, true]);
  assert.equal(needs({ SCRIPTS_DIR: "hdfs:///scripts" }, []).hdfs, true);
});

test("a Java that can't keep Spark's classes is no failure, and is not asked again", async t => {
  const CACHE_DIR = stampedCache(t, "spark", "jars", "hdfs", "kafka", "hive", "duckdb", "azurite");
  const PATH = programs(t, JAVA_17);
  assert.equal((await setUp({ CACHE_DIR, PATH }, "--later")).code, 0);
  assert.deepEqual(readdirSync(cacheLayout(CACHE_DIR).classes), [".complete"]);
  assert.deepEqual(await setUp({ CACHE_DIR, PATH }, "--later"), { code: 0, output: "" });
});

test("without Python one sentence says how to get it, and nothing half done stays", async t => {
  const CACHE_DIR = temporaryFolder(t);
  const { code, output } = await setUp({ CACHE_DIR, PATH: programs(t, JAVA_17) });
  assert.equal(code, 1);
  assert.match(
    output,
    /Python 3\.10 or newer was not found: install it \(Debian: `apt-get install python3 python3-pip`\)/,
  );
  assert.match(output, /or set SPARK_REMOTE in \.env/);
  assert.deepEqual(readdirSync(CACHE_DIR), []);
});

test("a Python that is too old is as good as none", async t => {
  const path = programs(t, { ...JAVA_17, python3: { code: 1 }, python: { code: 1 } });
  const { code, output } = await setUp({ CACHE_DIR: temporaryFolder(t), PATH: path });
  assert.equal(code, 1);
  assert.match(output, /Python 3\.10 or newer was not found/);
});

test("a Python without pip and venv is told apart from none", async t => {
  const path = programs(t, { ...JAVA_17 });
  const python = execFileSync("python3", ["-c", "import sys; print(sys.executable)"], { encoding: "utf8" }).trim();
  writeFileSync(join(path, "python3"), `#!/bin/sh\ncase "$*" in *-m*|*venv*) exit 1;; esac\nexec ${python} "$@"\n`, {
    mode: 0o755,
  });
  const { code, output } = await setUp({ CACHE_DIR: temporaryFolder(t), PATH: path });
  assert.equal(code, 1);
  assert.match(output, /Python has neither pip nor venv: install one \(Debian: `apt-get install python3-pip`\)/);
});

test("without network one sentence says so", async t => {
  const offline = {
    ...{ PIP_CONFIG_FILE: "/dev/null", PIP_INDEX_URL: "http://127.0.0.1:9/", PIP_RETRIES: "0", PIP_NO_CACHE_DIR: "1" },
    PATH: `${programs(t, JAVA_17)}:${process.env.PATH}`,
  };
  const { code, output } = await setUp({ CACHE_DIR: temporaryFolder(t), ...offline });
  assert.equal(code, 1);
  assert.match(
    output,
    /Spark [\d.]+ could not be installed: pip reached no network\. Connect, .* then run the same command again\./,
  );
});

test("a cache folder that cannot be made names the setting to change", async t => {
  const { code, output } = await setUp({ CACHE_DIR: "/dev/null/cache", PATH: programs(t, JAVA_17) });
  assert.equal(code, 1);
  assert.match(output, /set CACHE_DIR in \.env to a folder of your own/);
});
