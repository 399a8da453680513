import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before } from "node:test";
import { type ConnectServer, startConnectServer } from "../../../connectors/spark/server/server.ts";
import { openSession, type Session } from "../../../connectors/spark/session.ts";

/** The folder of Spark that the test run uses. */
export function sparkHome(): string {
  return told("SPARK_HOME");
}

/** The jars beside Spark's own: Iceberg's among them. */
function jars(): string[] {
  return told("SPARK_JARS").split(",");
}

function told(name: string): string {
  const value = process.env[name];
  if (value) return value;
  throw new Error(
    `${name} is not set: run this with \`npm test -- <file>\`, which starts the services and says where they are.`,
  );
}

/** A folder that is gone after the tests of the file. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "spark-test-"));
  after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Starts a Connect server that knows Iceberg. The caller stops it. */
export function startServer(folder: string, conf: Record<string, string> = {}): Promise<ConnectServer> {
  return startConnectServer({
    sparkHome: sparkHome(),
    java: told("SPARK_JAVA"),
    jars: jars(),
    master: "local[2]",
    logFile: join(folder, "spark.log"),
    env: { PATH: process.env.PATH },
    conf: {
      "spark.ui.enabled": "false",
      "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1 -XX:ReservedCodeCacheSize=256m",
      "spark.sql.warehouse.dir": join(folder, "warehouse"),
      "spark.sql.extensions": "org.apache.iceberg.spark.extensions.IcebergSparkSessionExtensions",
      ...conf,
    },
  });
}

/**
 * A server for the tests of one file, and sessions on it, each with an Iceberg catalog `ice`, released after them. The
 * server that the run shares serves, unless the tests need settings of their own.
 */
export function server(conf?: Record<string, string>) {
  const folder = temporaryFolder();
  const sessions: Session[] = [];
  let own: ConnectServer | undefined;
  let url = conf ? undefined : process.env.SPARK_REMOTE;
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
