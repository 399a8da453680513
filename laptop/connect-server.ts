import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ProcessIdentity } from "../jobs/running.ts";
import type { Installed } from "./installed.ts";
import { JVM_OPTIONS, startJvm } from "./jvm.ts";

// TEMPORARY: until spark/server.ts is there.
export async function startConnectServer(
  o: Installed & { master: string; conf: Record<string, string>; port: number; logFile: string; folder: string },
  started: (identity: ProcessIdentity) => void,
) {
  const conf: Record<string, string> = {
    ...o.conf,
    "spark.connect.grpc.binding.address": "127.0.0.1",
    "spark.connect.grpc.binding.port": String(o.port),
    "spark.jars": o.jars.join(","),
  };
  const file = join(o.folder, "spark.properties");
  const text = Object.entries(conf).map(([k, v]) => `${k} ${v.replaceAll("\\", "\\\\")}\n`);
  writeFileSync(file, text.join(""), { mode: 0o600 });
  await startJvm(
    {
      title: "Spark",
      java: o.java,
      args: [
        `-Xmx${o.conf["spark.driver.memory"]}`,
        ...JVM_OPTIONS,
        "-cp",
        join(o.sparkHome, "jars", "*"),
        "org.apache.spark.deploy.SparkSubmit",
        "--master",
        o.master,
        "--properties-file",
        file,
        "--class",
        "org.apache.spark.sql.connect.service.SparkConnectServer",
        "spark-internal",
      ],
      env: { ...process.env, SPARK_HOME: o.sparkHome, SPARK_CONNECT_MODE: "0", SPARK_LOCAL_IP: "127.0.0.1" },
      cwd: o.folder,
      logFile: o.logFile,
      port: o.port,
    },
    started,
  );
}
