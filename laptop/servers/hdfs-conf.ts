import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { xmlSettings } from "./metastore.ts";

/** Where a small HDFS keeps its files and listens. */
export interface HdfsPlace {
  folder: string;
  /** For WebHDFS and its own pages. */
  port: number;
  /** For Spark. */
  rpcPort: number;
}

/** The name of its logging file. */
export const LOG_CONF = "log4j2.properties";

/** Writes its settings, and gives their folder. Everything listens on this machine alone. */
export function writeHdfsConf({ folder, port, rpcPort }: HdfsPlace): string {
  const conf = join(folder, "conf");
  mkdirSync(conf, { recursive: true, mode: 0o700 });
  const core = { "fs.defaultFS": `hdfs://127.0.0.1:${rpcPort}`, "hadoop.tmp.dir": join(folder, "tmp") };
  writeFileSync(join(conf, "core-site.xml"), xmlSettings(core));
  writeFileSync(join(conf, "hdfs-site.xml"), xmlSettings(hdfsSettings({ folder, port, rpcPort })));
  writeFileSync(join(conf, LOG_CONF), LOGGING);
  return conf;
}

function hdfsSettings({ folder, port, rpcPort }: HdfsPlace): Record<string, string> {
  return {
    "dfs.namenode.rpc-address": `127.0.0.1:${rpcPort}`,
    "dfs.namenode.http-address": `127.0.0.1:${port}`,
    "dfs.namenode.name.dir": join(folder, "name"),
    "dfs.datanode.data.dir": join(folder, "data"),
    "dfs.datanode.address": "127.0.0.1:0",
    "dfs.datanode.http.address": "127.0.0.1:0",
    "dfs.datanode.ipc.address": "127.0.0.1:0",
    "dfs.datanode.hostname": "127.0.0.1",
    // A page of another site must not make a browser write here. Whoever is no browser may: HDFS believes every name.
    "dfs.webhdfs.rest-csrf.enabled": "true",
    "dfs.replication": "1",
    // One DataNode is all that there will be.
    "dfs.namenode.safemode.extension": "0",
    "dfs.namenode.safemode.min.datanodes": "1",
    // A laptop's disk may be rather full.
    "dfs.datanode.du.reserved": "0",
  };
}

const LOGGING = `rootLogger.level = warn
rootLogger.appenderRef.out.ref = out
appender.out.type = Console
appender.out.name = out
appender.out.layout.type = PatternLayout
appender.out.layout.pattern = %d %p %c: %m%n%ex
`;
