import { mkdirSync, openSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import { until } from "../../bench/measuring/cluster.ts";
import { javaOptions } from "../../connectors/spark/server/java.ts";
import { findInstalled } from "../../core/installed.ts";
import { readSettings } from "../../core/settings.ts";
import { answers, freePort } from "../../laptop/ports.ts";
import { xmlSettings } from "../../laptop/servers/metastore.ts";
import { cacheLayout } from "../../setup/layout.mjs";
import { ensureMetastore } from "../../setup/parts/jars.mjs";

/** A version of Hive whose Metastore a test may start. */
export type HiveVersion = "3.1.3" | "4.0.1";

/** A Hive Metastore of another version than Spark's own, on this machine, with a Derby database. */
export interface ForeignMetastore {
  uri: string;
  /** The folder of its jars. */
  jars: string;
  warehouse: string;
  stop(): Promise<void>;
}

// On a machine that has much else to do.
const START_WITHIN = 600_000;

/** Starts one; its files lie below `folder`. `more` are settings beside those that it needs, `java` options of its JVM. */
export async function startForeignMetastore(
  version: HiveVersion,
  folder: string,
  { more = {}, java: javaMore = [] }: { more?: Readonly<Record<string, string>>; java?: readonly string[] } = {},
): Promise<ForeignMetastore> {
  const settings = readSettings();
  const { sparkHome, java } = await findInstalled(settings);
  const jars = await ensureMetastore({ ...process.env, SPARK_HOME: sparkHome, CACHE_DIR: settings.CACHE_DIR }, version);
  const port = await freePort(0);
  const [conf, warehouse] = [join(folder, "conf"), join(folder, "warehouse")];
  for (const path of [conf, warehouse]) mkdirSync(path, { recursive: true });
  // Hadoop itself reads its own file alone.
  for (const name of ["hive-site.xml", "metastore-site.xml", "core-site.xml"])
    writeFileSync(join(conf, name), xmlSettings({ ...siteOf(folder, warehouse), ...more }));
  const logFile = join(folder, "metastore.log");
  const log = openSync(logFile, "a", 0o600) as 3;
  const main =
    version === "3.1.3"
      ? ["org.codehaus.janino.SimpleCompiler", join(import.meta.dirname, "Metastore3.java"), "Metastore3", String(port)]
      : ["org.apache.hadoop.hive.metastore.HiveMetaStore", "-p", String(port)];
  const classPath = [
    conf,
    ...sparkJars(sparkHome, /^(slf4j-api|log4j)/),
    ...jarsIn(jars),
    ...sparkJars(
      sparkHome,
      version === "3.1.3" ? /^(?!hive-(?!storage)|spark-)/ : /^(?!hive-|spark-|datanucleus|.*jdo)/,
    ),
    join(cacheLayout(settings.CACHE_DIR).hdfs, "*"),
  ];
  const options = javaOptions({
    "spark.driver.memory": "512m",
    "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
  });
  const started = execa(java, [...options, ...javaMore, "-cp", classPath.join(":"), ...main], {
    ...{ cwd: folder, reject: false, stdio: ["ignore", log, log], extendEnv: false },
    env: { PATH: process.env.PATH, HOME: folder },
  });
  await until(async () => {
    if (started.nodeChildProcess.exitCode !== null) throw new Error(readFileSync(logFile, "utf8").slice(-4000));
    return answers(port);
  }, START_WITHIN);
  return {
    ...{ uri: `thrift://127.0.0.1:${port}`, jars, warehouse },
    async stop() {
      started.kill("SIGTERM");
      await started;
    },
  };
}

/** The lines of `spark.conf` for a Hive client of another version than Spark's own, as docs/production.md gives them. */
export function hiveClient(
  version: HiveVersion,
  { jars }: ForeignMetastore,
  sparkHome: string,
): Record<string, string> {
  // Hive's own folder has what it needs of these; the tests take them from Spark's.
  const others = ["commons-*", "http*", "jcl-*", "javax.servlet-*"].map(name => `file://${sparkHome}/jars/${name}.jar`);
  return {
    "spark.sql.hive.metastore.version": version,
    "spark.sql.hive.metastore.jars": "path",
    "spark.sql.hive.metastore.jars.path": [`file://${jars}/*.jar`, ...others].join(","),
  };
}

function siteOf(folder: string, warehouse: string): Record<string, string> {
  const both = {
    "schema.verification": "false",
    "warehouse.dir": warehouse,
    "warehouse.external.dir": warehouse,
    "event.db.notification.api.auth": "false",
  };
  return {
    "javax.jdo.option.ConnectionURL": `jdbc:derby:;databaseName=${join(folder, "derby")};create=true`,
    "javax.jdo.option.ConnectionDriverName": "org.apache.derby.jdbc.EmbeddedDriver",
    "datanucleus.schema.autoCreateAll": "true",
    ...Object.fromEntries(
      Object.entries(both).flatMap(([name, value]) => [
        [`hive.metastore.${name}`, value],
        [`metastore.${name}`, value],
      ]),
    ),
    "hive.txn.manager": "org.apache.hadoop.hive.ql.lockmgr.DbTxnManager",
    "hive.support.concurrency": "true",
  };
}

function sparkJars(sparkHome: string, names: RegExp): string[] {
  const folder = join(sparkHome, "jars");
  return readdirSync(folder)
    .filter(name => name.endsWith(".jar") && names.test(name))
    .map(name => join(folder, name));
}

function jarsIn(folder: string): string[] {
  return readdirSync(folder)
    .filter(name => name.endsWith(".jar"))
    .map(name => join(folder, name));
}
