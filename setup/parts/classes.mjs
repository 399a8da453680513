import { existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { run } from "../child.mjs";
import { CLASS_ARCHIVE, cacheLayout } from "../layout.mjs";
import { once } from "../once.mjs";
import { PARTS } from "./about.mjs";
import { findJava } from "./java.mjs";

/**
 * Lets Java keep Spark's classes in the form that it loads fastest, which halves the processor time of every start. It is
 * only for speed: a Java that can't make it, or can't use it later, starts Spark without.
 * @param {Record<string, string | undefined> & { CACHE_DIR: string }} environment
 */
export async function ensureClasses(environment) {
  const layout = cacheLayout(environment.CACHE_DIR);
  await once(PARTS.classes, layout.classes, async staging => {
    const work = join(staging, ".work");
    mkdirSync(work);
    const home = join(layout.spark, "pyspark");
    const kept = join(work, CLASS_ARCHIVE);
    const { code } = await run(
      (await findJava(environment)) ?? "java",
      // The class path begins as that of a server does: Java compares them.
      [
        `-XX:ArchiveClassesAtExit=${kept}`,
        ...OPENED,
        "-cp",
        `${join(home, "conf")}:${join(home, "jars", "*")}`,
        ...RUN,
      ],
      { env: { ...plain(environment), SPARK_HOME: home, SPARK_LOCAL_IP: "127.0.0.1" }, cwd: work },
    );
    if (code === 0 && existsSync(kept)) renameSync(kept, join(staging, CLASS_ARCHIVE));
    rmSync(work, { recursive: true, force: true });
  });
}

const OPENED = [
  "java.lang",
  "java.lang.invoke",
  "java.net",
  "java.nio",
  "java.util",
  "sun.nio.ch",
  "sun.security.action",
]
  .map(name => `--add-opens=java.base/${name}=ALL-UNNAMED`)
  .concat("-Xmx1g", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC");

const SETTINGS = {
  "spark.master": "local[1]",
  "spark.plugins": "org.apache.spark.sql.connect.SparkConnectPlugin",
  "spark.connect.grpc.binding.address": "127.0.0.1",
  "spark.connect.grpc.binding.port": "0",
  "spark.sql.catalogImplementation": "in-memory",
  "spark.ui.port": "0",
};

// A Spark that starts all that a server starts, answers two questions and ends by itself.
const RUN = [
  "org.apache.spark.deploy.SparkSubmit",
  ...Object.entries(SETTINGS).flatMap(([key, value]) => ["--conf", `${key}=${value}`]),
  ...["--class", "org.apache.spark.sql.hive.thriftserver.SparkSQLCLIDriver", "spark-internal"],
  ...["-e", "show databases; select count(*), sum(hash(id, cast(id as string))) from range(1000) group by id % 3"],
];

// No setting, and so no secret; Spark's own launcher must not find SPARK_REMOTE either.
/** @param {Record<string, string | undefined>} environment */
function plain({ PATH, HOME, TMPDIR, JAVA_HOME }) {
  return Object.fromEntries(Object.entries({ PATH, HOME, TMPDIR, JAVA_HOME }).filter(([, value]) => value));
}
