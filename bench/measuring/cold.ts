import { writeFileSync } from "node:fs";
import { join, sep } from "node:path";
import { execa } from "execa";
import { readCatalogs, sparkSettings } from "../../connectors/iceberg/catalogs.ts";
import { readEndpoints } from "../../core/endpoints.ts";
import { laptopFolders } from "../../laptop/folders.ts";
import { connectConf } from "../../laptop/servers/connect-conf.ts";
import type { Bench } from "./stack.ts";

/** A way to run SQL in a Spark that is started for it, as a script that is given to spark-submit does. */
export function coldSpark(bench: Bench): (name: string, statements: readonly string[]) => Promise<void> {
  const run = coldScript(bench);
  return async (name, statements) => {
    await run(
      name,
      statements.map(sql => `spark.sql(${JSON.stringify(sql)}).collect()`),
    );
  };
}

/** The same for lines of Python that know `spark`; gives what they print. */
export function coldScript({
  settings,
  installed,
}: Bench): (name: string, script: readonly string[]) => Promise<string> {
  const folders = laptopFolders(settings.LAPTOP_DIR);
  const catalogs = readCatalogs();
  const known = ["lake", "azure"].flatMap(name => {
    const spark = catalogs[name]?.spark;
    return spark && spark !== "server" ? Object.entries(sparkSettings(name, spark, settings).pairs) : [];
  });
  const conf = {
    ...connectConf(folders, readEndpoints(settings).metastore?.url ?? ""),
    ...Object.fromEntries(known),
    "spark.jars": installed.jars.join(","),
    "spark.ui.enabled": "false",
    // What it writes may be replaced by the next job, as if a job had written it.
    "spark.sql.iceberg.snapshot-property.portal.job": "cold",
  };
  const file = join(settings.DATA_DIR, "cold.conf");
  const lines = Object.entries(conf).map(([key, value]) => `${key} ${value}`);
  writeFileSync(file, `${lines.join("\n")}\n`, { mode: 0o600 });
  return async (name, lines) => {
    const script = join(settings.DATA_DIR, `${name}.py`);
    writeFileSync(
      script,
      ["from pyspark.sql import SparkSession", "spark = SparkSession.builder.getOrCreate()", ...lines].join("\n"),
    );
    // A Java that is on the PATH has no folder of its own here.
    const java = installed.java.includes(sep) ? { JAVA_HOME: join(installed.java, "..", "..") } : {};
    const env = { PATH: process.env.PATH, SPARK_HOME: installed.sparkHome, ...java, PYSPARK_PYTHON: "python3" };
    const submit = join(installed.sparkHome, "bin", "spark-submit");
    const args = ["--master", "local[*]", "--properties-file", file, script];
    return (await execa(submit, args, { env, extendEnv: false })).stdout;
  };
}
