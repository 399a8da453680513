import { statSync } from "node:fs";
import { basename } from "node:path";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { HdfsError } from "../connectors/hdfs/errors.ts";
import type { Hdfs } from "../connectors/hdfs/webhdfs.ts";
import { openHdfs } from "../connectors/hdfs/webhdfs.ts";
import { findInstalled } from "../core/installed.ts";
import { EXIT } from "../core/jobs/states.ts";
import { findJdk, packJars, packJava } from "./cluster-pack/archives.ts";
import { clusterLines, pathInHdfs } from "./cluster-pack/lines.ts";
import { CommandError, openProject, runCommand } from "./failure.ts";

const USAGE = `usage: npm run cluster-pack [-- --to hdfs:///folder]

  Makes, once, what the nodes of a YARN need to run the portal's Spark: a Java 17, and Spark's jars with ours. --to puts
  both into a folder of HDFS, by WEBHDFS_URL. Prints the lines to write into .env and spark.conf.`;

/** `npm run cluster-pack`: Java and Spark for a cluster on whose nodes nothing may be installed. */
await runCommand(async () => {
  const { values, positionals } = parseArgs({ options: { to: { type: "string" } }, allowPositionals: true });
  const { to } = values;
  if (positionals.length > 0 || (to !== undefined && !pathInHdfs(to, "x"))) throw new CommandError(USAGE, EXIT.badJob);
  const { settings } = openProject();
  const jdk = await findJdk(settings);
  const installed = await findInstalled(settings);
  const java = await packJava(jdk, settings.CACHE_DIR);
  const jars = await packJars(installed, jdk, settings.CACHE_DIR);
  try {
    const hdfs = to === undefined ? undefined : openHdfs(settings);
    const place = async (file: string) =>
      hdfs && to !== undefined ? await upload(hdfs, file, to) : pathToFileURL(file).href;
    const packed = { java: await place(java), jars: await place(jars) };
    console.log(`\n${clusterLines(packed, settings.HADOOP_CONF_DIR)}`);
  } catch (error) {
    if (!(error instanceof HdfsError)) throw error;
    throw new CommandError([error.message, error.hint].filter(Boolean).join(" "));
  }
  if (to === undefined)
    console.log("\nEvery start sends both archives to the cluster. Run with `-- --to hdfs:///folder`, and none does.");
  return EXIT.succeeded;
});

async function upload(hdfs: Hdfs, file: string, to: string): Promise<string> {
  const place = pathInHdfs(to, file);
  if (!place) throw new CommandError(USAGE, EXIT.badJob);
  const { address, folder, path } = place;
  const { size } = statSync(file);
  const there = (await listed(hdfs, folder)).find(({ name }) => name === basename(file));
  if (there && there.size !== size)
    throw new CommandError(
      `${address} has ${there.size} bytes where ${size} are due: an upload was broken off. Remove it (hdfs dfs -rm ${path}), then run the same command again.`,
    );
  if (!there) await hdfs.create(path, { path: file, byteLength: size });
  console.log(`${address} (${Math.round(size / 1e6)} MB)${there ? ", there already" : ""}`);
  return address;
}

async function listed(hdfs: Hdfs, folder: string) {
  try {
    return await hdfs.list(folder);
  } catch (error) {
    if (error instanceof HdfsError && error.exception === "FileNotFoundException") return [];
    throw error;
  }
}
