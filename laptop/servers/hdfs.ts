import { existsSync, mkdirSync, readdirSync } from "node:fs";
import { userInfo } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { launchHash } from "../../core/endpoints.ts";
import type { Installed } from "../../core/installed.ts";
import { type Settings, SettingsError } from "../../core/settings.ts";
import { scriptPlaces } from "../../engines/run-script/places.ts";
import { cacheLayout } from "../../setup/layout.mjs";
import type { ServicePlan } from "../ensure.ts";
import { laptopFolders } from "../folders.ts";
import { launch } from "../launch.ts";
import { QUICK_START } from "./connect-conf.ts";
import { type HdfsPlace, LOG_CONF, writeHdfsConf } from "./hdfs-conf.ts";

/** Whether a small HDFS is wanted: scripts lie in `hdfs:///…`, no HDFS is set, and Spark is the laptop's too. */
export function wantsHdfs(
  settings: Pick<Settings, "SCRIPTS_DIR" | "WEBHDFS_URL" | "SPARK_REMOTE" | "SPARK_MASTER">,
): boolean {
  if (settings.WEBHDFS_URL || settings.SPARK_REMOTE || settings.SPARK_MASTER) return false;
  return scriptPlaces(settings).some(({ name }) => name.startsWith("hdfs:///"));
}

/** How the small HDFS is started: one process, its files below LAPTOP_DIR, `rpcPort` for Spark beside that for WebHDFS. */
export function hdfsPlan(settings: Settings, installed: Installed, rpcPort: number): ServicePlan<"hdfs"> {
  const { hdfs: folder, logs } = laptopFolders(settings.LAPTOP_DIR);
  const jars = cacheLayout(settings.CACHE_DIR).hdfs;
  const version = versionIn(jars);
  const title = `HDFS ${version}`;
  return {
    name: "hdfs",
    title,
    usualPort: 9870,
    launch: launchHash(version, installed.sparkHome, installed.java, folder, "guarded against other sites"),
    describe: port => ({
      ...{ url: `http://127.0.0.1:${port}`, version, user: userInfo().username },
      files: `hdfs://127.0.0.1:${rpcPort}`,
    }),
    start: async (port, started) => {
      const place: HdfsPlace = { folder, port, rpcPort };
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      const conf = writeHdfsConf(place);
      const classPath = [conf, join(jars, "*"), join(installed.sparkHome, "jars", "*")].join(":");
      const options = [...QUICK_START.split(" "), `-Dlog4j2.configurationFile=file:${join(conf, LOG_CONF)}`];
      await launch(
        {
          ...{ title, port, cwd: folder, logFile: join(logs, "hdfs.log") },
          program: installed.java,
          args: ["-Xmx256m", ...options, "-cp", classPath, ...COMPILE_AND_RUN],
        },
        started,
      );
      await takesFiles(port);
    },
  };
}

const COMPILE_AND_RUN = [
  "org.codehaus.janino.SimpleCompiler",
  join(import.meta.dirname, "SmallHdfs.java"),
  "SmallHdfs",
];

function versionIn(jars: string): string {
  const jar = existsSync(jars) && readdirSync(jars).find(name => name.startsWith("hadoop-client-minicluster-"));
  if (jar) return /-([\d.]+)\.jar$/.exec(jar)?.[1] ?? "";
  throw new SettingsError(
    "Not installed: Hadoop's jars for a small HDFS. Run `node setup.mjs`, which installs what is missing, or name a folder of this machine as SCRIPTS_DIR.",
  );
}

// The NameNode answers long before its DataNode has told it of itself.
async function takesFiles(port: number): Promise<void> {
  const state = `http://127.0.0.1:${port}/jmx?qry=Hadoop:service=NameNode,name=FSNamesystemState`;
  for (const until = Date.now() + 120_000; ; await pause(150)) {
    const text = await fetch(state, { signal: AbortSignal.timeout(5_000) }).then(
      answer => answer.text(),
      () => "",
    );
    if (/"NumLiveDataNodes"\s*:\s*1\b/.test(text) && /"FSState"\s*:\s*"Operational"/.test(text)) return;
    if (Date.now() > until)
      throw new Error("The small HDFS took no files within two minutes: see logs/hdfs.log below LAPTOP_DIR.");
  }
}
