import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { javaOptions } from "../../connectors/spark/server/java.ts";
import type { Installed } from "../../core/installed.ts";
import type { ProcessIdentity } from "../../core/jobs/running.ts";
import { launch } from "../launch.ts";
import { QUICK_START } from "./connect-conf.ts";

/** The version of Hive that Spark's jars hold. */
export const HIVE_VERSION = "2.3.10";

/** Where a Hive Metastore of our own keeps its state and listens. */
export interface MetastorePlace {
  folder: string;
  warehouse: string;
  logFile: string;
  port: number;
}

/** Starts a Hive Metastore from Spark's own jars, its tables in a Derby database. */
export async function startMetastore(
  installed: Installed,
  place: MetastorePlace,
  started: (identity: ProcessIdentity) => void,
): Promise<void> {
  const conf = join(place.folder, "conf");
  mkdirSync(conf, { recursive: true });
  writeFileSync(join(conf, "hive-site.xml"), hiveSite(place));
  const classPath = `${conf}:${join(installed.sparkHome, "jars", "*")}`;
  const derby = `-Dderby.stream.error.file=${join(place.folder, "derby.log")}`;
  await launch(
    {
      title: "The Hive Metastore",
      program: installed.java,
      args: [
        ...javaOptions({ "spark.driver.memory": "512m", "spark.driver.extraJavaOptions": QUICK_START }),
        derby,
        "-cp",
        classPath,
        ...COMPILE_AND_RUN,
        String(place.port),
      ],
      cwd: place.folder,
      logFile: place.logFile,
      port: place.port,
    },
    started,
  );
}

const SOURCE = join(import.meta.dirname, "LoopbackMetastore.java");
const COMPILE_AND_RUN = ["org.codehaus.janino.SimpleCompiler", SOURCE, "LoopbackMetastore"];

/** Its settings. Without `hive.async.log.enabled=false` it dies on a class that Spark's jars do not have. */
export function hiveSite({ folder, warehouse }: Pick<MetastorePlace, "folder" | "warehouse">): string {
  const settings = {
    "javax.jdo.option.ConnectionURL": `jdbc:derby:;databaseName=${join(folder, "derby")};create=true`,
    "datanucleus.schema.autoCreateAll": "true",
    "datanucleus.connectionPoolingType": "DBCP",
    "hive.metastore.schema.verification": "false",
    "hive.metastore.warehouse.dir": warehouse,
    "hive.async.log.enabled": "false",
  };
  return xmlSettings(settings);
}

/** Settings in the form that Hadoop and Hive read. */
export function xmlSettings(settings: Readonly<Record<string, string>>): string {
  const lines = Object.entries(settings).map(
    ([name, value]) => `  <property><name>${name}</name><value>${escapeXml(value)}</value></property>\n`,
  );
  return `<?xml version="1.0"?>\n<configuration>\n${lines.join("")}</configuration>\n`;
}

function escapeXml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
}
