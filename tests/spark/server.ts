import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before } from "node:test";
import { type ConnectServer, startConnectServer } from "../../spark/server.ts";
import { openSession, type Session } from "../../spark/session.ts";

/** Where Spark is for the tests. */
export function sparkHome(): string {
  const home = process.env.TEST_SPARK_HOME ?? process.env.SPARK_HOME;
  if (home) return home;
  throw new Error("Set TEST_SPARK_HOME to the folder of pyspark that holds jars/.");
}

/** The jars beside Spark's own: Iceberg's among them. `TEST_JARS` names their folder. */
export function jars(): string[] {
  const folder = process.env.TEST_JARS ?? process.env.SPARK_JARS;
  if (!folder) throw new Error("Set TEST_JARS to the folder of the Iceberg jar.");
  return readdirSync(folder)
    .filter(name => name.endsWith(".jar"))
    .map(name => join(folder, name));
}

/** A folder that is gone after the tests of the file. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "spark-test-"));
  after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Starts a Connect server that knows Iceberg. The caller stops it. */
export function startServer(folder: string, conf: Record<string, string> = {}): Promise<ConnectServer> {
  const { PATH, JAVA_HOME } = process.env;
  return startConnectServer({
    sparkHome: sparkHome(),
    java: JAVA_HOME ? join(JAVA_HOME, "bin", "java") : "java",
    jars: jars(),
    master: "local[2]",
    logFile: join(folder, "spark.log"),
    env: { PATH },
    conf: {
      "spark.ui.enabled": "false",
      "spark.sql.warehouse.dir": join(folder, "warehouse"),
      "spark.sql.extensions": "org.apache.iceberg.spark.extensions.IcebergSparkSessionExtensions",
      ...conf,
    },
  });
}

/**
 * A server for the tests of one file, and sessions on it, each with an Iceberg catalog `ice`, released after them. The
 * server that `TEST_SPARK_REMOTE` names does, unless the tests need settings of their own.
 */
export function server(conf?: Record<string, string>) {
  const folder = temporaryFolder();
  const sessions: Session[] = [];
  let own: ConnectServer | undefined;
  let url = conf ? undefined : process.env.TEST_SPARK_REMOTE;
  before(async () => {
    if (!url) own = await startServer(folder, conf);
    url ??= own?.url;
  });
  after(async () => {
    for (const session of sessions) {
      await session.release();
      session.close();
    }
    await own?.stop();
  });
  return {
    url: () => url ?? "",
    async open(sessionId?: string): Promise<Session> {
      const session = await openSession(url ?? "", sessionId ? { sessionId } : {});
      sessions.push(session);
      if (!sessionId) await session.config.set(catalog(folder));
      return session;
    },
  };
}

function catalog(folder: string): Record<string, string> {
  return {
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.catalog.ice": "org.apache.iceberg.spark.SparkCatalog",
    "spark.sql.catalog.ice.type": "hadoop",
    "spark.sql.catalog.ice.warehouse": join(folder, "ice"),
  };
}
