import { basename } from "node:path";

/** Where the two archives lie, as addresses that the cluster knows. */
export interface Packed {
  java: string;
  jars: string;
}

/** What to write, so that an application of YARN runs on the archives: the lines for `.env`, and those for `spark.conf`. */
export function clusterLines({ java, jars }: Packed, hadoopConf = "/etc/hadoop/conf"): string {
  return `Lines for .env:

  SPARK_MASTER=yarn
  HADOOP_CONF_DIR=${hadoopConf}
  SPARK_CONF_FILE=/etc/data-operations-portal/spark.conf

Lines for that spark.conf:

  spark.yarn.archive                 ${jars}
  spark.yarn.dist.archives           ${java}#jdk
  spark.yarn.appMasterEnv.JAVA_HOME  ./jdk
  spark.executorEnv.JAVA_HOME        ./jdk`;
}

/** The path of an archive in the folder that \`--to\` names; undefined where that is no folder of HDFS. */
export function pathInHdfs(to: string, file: string): { address: string; folder: string; path: string } | undefined {
  const found = /^(hdfs:\/\/[^/]*)(\/.*)$/.exec(to.replace(/\/+$/, ""));
  if (!found?.[2]) return undefined;
  const path = `${found[2]}/${basename(file)}`;
  return { address: `${found[1]}${path}`, folder: found[2], path };
}
