import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { chmodSync, globSync, mkdirSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { test } from "node:test";
import { cacheLayout, pinned } from "../../setup/layout.mjs";
import { ensureSpark } from "../../setup/parts/python.mjs";
import { temporaryFolder } from "./stamped.ts";

test("Spark's source is put where pip would put it, without a wheel", async t => {
  const folder = temporaryFolder(t);
  const release = `pyspark-${pinned("pyspark")}`;
  const files = [
    ...["deps/jars/spark-core.jar", "deps/bin/spark-submit", "deps/sbin/spark-daemon.sh", "deps/data/a.txt"],
    ...["deps/licenses/LICENSE-a.txt", "deps/examples/pi.py", "lib/pyspark.zip", "pyspark/__init__.py"],
    ...["pyspark/python/pyspark/shell.py", "setup.py"],
  ];
  for (const file of files) {
    mkdirSync(dirname(join(folder, release, file)), { recursive: true });
    writeFileSync(join(folder, release, file), "");
  }
  chmodSync(join(folder, release, "deps", "bin", "spark-submit"), 0o755);
  execFileSync("tar", ["-czf", join(folder, "source.tar.gz"), "-C", folder, release]);
  // A pip that has this source to give, and no other command than to download it.
  const python = `#!/bin/sh
case "$*" in
  *"pip download"*) while [ "$1" != --dest ]; do shift; done; cp '${folder}/source.tar.gz' "$2/${release}.tar.gz" ;;
  *"pip install"*) exit 1 ;;
esac
`;
  writeFileSync(join(folder, "python3"), python, { mode: 0o755 });
  const CACHE_DIR = join(folder, "cache");
  await ensureSpark({ PATH: [folder, process.env.PATH].join(delimiter), CACHE_DIR });
  const { spark } = cacheLayout(CACHE_DIR);
  assert.deepEqual(globSync("**/*.*", { cwd: join(spark, "pyspark") }).sort(), [
    ...["__init__.py", "data/a.txt", "examples/src/main/python/pi.py", "jars/spark-core.jar"],
    ...["licenses/LICENSE-a.txt", "python/lib/pyspark.zip", "python/pyspark/shell.py", "sbin/spark-daemon.sh"],
  ]);
  execFileSync(join(spark, "pyspark", "bin", "spark-submit"), { shell: true });
  assert.deepEqual(globSync("*", { cwd: spark }), ["pyspark"]);
});
