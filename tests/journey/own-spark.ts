import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { type ConnectServer, startConnectServer } from "../../connectors/spark/server/server.ts";
import { identityOf } from "../../core/system/process-identity.ts";
import { freePort } from "../../laptop/ports.ts";
import { killed } from "../connectors/kafka/broker.ts";
import { ownPort } from "../laptop/own-port.ts";

/** A Spark over the shared metastore for a test that kills it, on a port that stays. */
export interface OwnSpark {
  url: string;
  /** Ends it at once, as a crash would. */
  kill(): Promise<void>;
  /** Starts it again where it was. */
  start(): Promise<void>;
}

/** Starts a Spark of one's own; it ends with the test. */
export async function ownSpark(t: { after(end: () => Promise<void>): void }): Promise<OwnSpark> {
  const folder = mkdtempSync(join(tmpdir(), "portal-spark-"));
  mkdirSync(join(folder, "local"));
  const port = await ownPort();
  let server = await startServer(folder, port);
  t.after(async () => {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  });
  return {
    url: server.url,
    async kill() {
      const identity = identityOf(server.pid);
      if (identity) await killed(identity);
      // It is dead before the last of its threads has let go of the port.
      while ((await freePort(port)) !== port) await pause(50);
    },
    async start() {
      server = await startServer(folder, port);
    },
  };
}

function startServer(folder: string, port: number): Promise<ConnectServer> {
  return startConnectServer({
    sparkHome: process.env.SPARK_HOME ?? "",
    java: process.env.SPARK_JAVA ?? "java",
    jars: (process.env.SPARK_JARS ?? "").split(","),
    master: "local[2]",
    conf: {
      "spark.driver.memory": "1g",
      "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1 -XX:ReservedCodeCacheSize=256m",
      "spark.sql.extensions": "org.apache.iceberg.spark.extensions.IcebergSparkSessionExtensions",
      "spark.sql.catalogImplementation": "hive",
      "spark.hadoop.hive.metastore.uris": process.env.HIVE_METASTORE_URI ?? "",
      "spark.hadoop.iceberg.engine.hive.lock-enabled": "false",
      "spark.local.dir": join(folder, "local"),
      "spark.ui.enabled": "false",
    },
    port,
    logFile: join(folder, "spark.log"),
    env: { ...process.env, SPARK_LOCAL_IP: "127.0.0.1" },
  });
}
