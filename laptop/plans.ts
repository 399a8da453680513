import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { connectToken, startConnectServer, TOKEN_KEY } from "../connectors/spark/server/server.ts";
import { launchHash } from "../core/endpoints.ts";
import type { Installed } from "../core/installed.ts";
import type { Settings } from "../core/settings.ts";
import { identityOf } from "../core/system/process-identity.ts";
import { readAnalysesConfig } from "../engines/analyze-logs/config.ts";
import type { ServicePlan, StackName } from "./ensure.ts";
import { laptopFolders } from "./folders.ts";
import { plainEnvironment } from "./launch.ts";
import { connectConf, type Purpose } from "./servers/connect-conf.ts";
import { HIVE_VERSION, startMetastore } from "./servers/metastore.ts";

type Deciding = "SPARK_REMOTE" | "SPARK_MASTER" | "HIVE_METASTORE_URI" | "AZURE_ACCOUNT" | "SNOWFLAKE_ACCOUNT";

/** What the laptop stack has to start: everything that the settings do not name. */
export function stackNames(settings: Pick<Settings, Deciding>): StackName[] {
  const spark = !settings.SPARK_REMOTE && !settings.SPARK_MASTER;
  const wanted = {
    metastore: spark && !settings.HIVE_METASTORE_URI,
    spark,
    azure: !settings.AZURE_ACCOUNT,
    snowflake: !settings.SNOWFLAKE_ACCOUNT,
  };
  return (Object.keys(wanted) as (keyof typeof wanted)[]).filter(name => wanted[name]);
}

/** How the Hive Metastore of the laptop stack is started. */
export function metastorePlan(settings: Settings, installed: Installed): ServicePlan<"metastore"> {
  const { metastore: folder, hiveWarehouse: warehouse, logs } = laptopFolders(settings.LAPTOP_DIR);
  const logFile = join(logs, "metastore.log");
  return {
    name: "metastore",
    title: `Hive Metastore ${HIVE_VERSION}`,
    usualPort: 9083,
    launch: launchHash(installed.sparkHome, installed.java, folder, warehouse),
    describe: port => ({ url: `thrift://127.0.0.1:${port}`, version: HIVE_VERSION }),
    start: (port, started) => startMetastore(installed, { folder, warehouse, logFile, port }, started),
  };
}

/** How the Spark Connect server of the laptop stack is started, for the metastore given; analyses.json may give it more memory. */
export function sparkPlan(
  settings: Settings,
  installed: Installed,
  metastore: string,
  uiPort: number,
  purpose: Purpose = "laptop",
): ServicePlan<"spark"> {
  const folders = laptopFolders(settings.LAPTOP_DIR);
  const { sparkMemory } = readAnalysesConfig(settings);
  const conf = {
    ...connectConf(folders, metastore, purpose),
    ...(sparkMemory && { "spark.driver.memory": sparkMemory }),
  };
  const logFile = join(folders.logs, "spark.log");
  // Another one at each start, so it does not decide whether a server that was left running is taken over.
  const token = connectToken();
  return {
    name: "spark",
    title: `Spark ${installed.sparkVersion}`,
    usualPort: 15002,
    launch: launchHash(installed, conf),
    describe: port => ({
      url: `sc://127.0.0.1:${port}/;token=${token}`,
      version: installed.sparkVersion,
      ui: `http://127.0.0.1:${uiPort}`,
    }),
    start: async (port, started) => {
      // What a Spark that was killed has left there.
      rmSync(folders.temporary, { recursive: true, force: true });
      mkdirSync(folders.temporary, { mode: 0o700 });
      await startConnectServer({
        ...installed,
        ...{ logFile, port, master: "local[*]" },
        conf: { ...conf, [TOKEN_KEY]: token, "spark.ui.port": String(uiPort) },
        env: { ...plainEnvironment(), SPARK_LOCAL_IP: "127.0.0.1" },
        onStart: pid => started(identityOf(pid) ?? { pid, start: "", bootId: "" }),
      });
    },
  };
}
