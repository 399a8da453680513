import { HdfsError } from "../../connectors/hdfs/errors.ts";
import { openHdfs } from "../../connectors/hdfs/webhdfs.ts";
import { readEndpoints, webHdfsAddress } from "../../core/endpoints.ts";
import type { Settings } from "../../core/settings.ts";
import { scriptPlaces } from "../run-script/places.ts";
import { type Check, Fault } from "./service-check.ts";

/** Looks at HDFS, where scripts lie in it and one is set or was started: whether each of their folders can be listed. */
export function hdfsChecks(settings: Settings): Check[] {
  const places = scriptPlaces(settings).filter(({ kind }) => kind === "hdfs");
  if (places.length === 0 || !(settings.WEBHDFS_URL ?? readEndpoints(settings).hdfs)) return [];
  return [{ name: "hdfs", run: () => Promise.all(places.map(({ folder }) => run(settings, folder || "/"))) }];
}

async function run(settings: Settings, folder: string): Promise<string> {
  const address = webHdfsAddress(settings);
  try {
    const files = await openHdfs(settings).list(folder);
    const scripts = files.filter(({ name, isFolder }) => !isFolder && name.endsWith(".py")).length;
    return `${folder} at ${[address.url, ...address.others].map(url => new URL(url).host).join(" or ")} as ${settings.WEBHDFS_URL ? (settings.SPARK_KERBEROS_PRINCIPAL ?? address.user) : address.user}: ${scripts === 1 ? "1 script" : `${scripts} scripts`}`;
  } catch (error) {
    if (!(error instanceof HdfsError)) throw error;
    const make = error.exception === "FileNotFoundException" ? `Make it: hdfs dfs -mkdir -p ${folder}` : undefined;
    throw new Fault(error.message, make ?? error.hint ?? "Look at the NameNode's log.");
  }
}
