import { existsSync, realpathSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { execa } from "execa";
import type { KerberosSettings } from "../../connectors/kerberos/delegation-tokens.ts";
import { kerberosEnvironment } from "../../connectors/kerberos/spark-conf.ts";
import { findInstalled } from "../../core/installed.ts";
import type { Settings } from "../../core/settings.ts";
import type { Command } from "./driver.ts";
import { clusterEnvironment, krb5Environment } from "./submit.ts";

/** The id of a Spark application, as the log of its driver tells it; undefined where the line tells none. */
export function applicationOf(line: string, { args }: Pick<Command, "args">): string | undefined {
  const found = ON_CLUSTERS.exec(line)?.[0];
  if (found || !line.includes("SparkContext: Submitted application")) return found;
  // A local Spark tells its id to nobody; it was told which to take.
  return args.map(text => /^spark\.test\.appId=(local-\d+)$/.exec(text)?.[1]).find(Boolean);
}

// YARN; standalone, and its name for a driver that runs on the cluster; Kubernetes.
const ON_CLUSTERS = /\b(?:application_\d{10,}_\d{4,}|app-\d{14}-\d{4,}|driver-\d{14}-\d{4,}|spark-[0-9a-f]{32})\b/;

type Killer = Pick<Settings, "SPARK_SUBMIT" | "SPARK_MASTER" | "SPARK_HOME" | "CACHE_DIR" | "HADOOP_CONF_DIR"> &
  Partial<KerberosSettings>;

// What the program `yarn` runs; among the Hadoop that comes with Spark.
const YARN_CLIENT = "org.apache.hadoop.yarn.client.cli.ApplicationCLI";

/** The command that ends an application on its cluster; undefined where it ends with its driver. */
export async function killCommand(application: string, settings: Killer): Promise<string[] | undefined> {
  const { SPARK_SUBMIT, SPARK_MASTER } = settings;
  if (application.startsWith("application_")) return [...(await yarnClient(settings)), "-kill", application];
  if (!application.startsWith("driver-") || !SPARK_SUBMIT || !SPARK_MASTER) return undefined;
  return [SPARK_SUBMIT, "--master", SPARK_MASTER, "--kill", application];
}

// By the Spark that the script was submitted to, which knows the cluster as the script's driver did.
async function yarnClient(settings: Killer): Promise<string[]> {
  const { SPARK_SUBMIT } = settings;
  if (!SPARK_SUBMIT) {
    const { sparkHome, java } = await findInstalled(settings);
    const { HADOOP_CONF_DIR, YARN_CONF_DIR } = clusterEnvironment(settings);
    const classPath = [HADOOP_CONF_DIR, YARN_CONF_DIR, join(sparkHome, "jars", "*")].filter(Boolean).join(delimiter);
    return [java, "-XX:TieredStopAtLevel=1", "-cp", classPath, YARN_CLIENT, "application"];
  }
  const sparkClass = join(dirname(realPath(SPARK_SUBMIT)), "spark-class");
  if (existsSync(sparkClass)) return [sparkClass, YARN_CLIENT, "application"];
  const home = process.env.HADOOP_HOME;
  return [home ? join(home, "bin", "yarn") : "yarn", "application"];
}

function realPath(program: string): string {
  return existsSync(program) ? realpathSync(program) : program;
}

/** Ends an application on its cluster. Gives why it may still run; undefined where it does not. */
export async function killApplication(application: string, settings: Killer): Promise<string | undefined> {
  const [program, ...args] = (await killCommand(application, settings)) ?? [];
  if (!program) return undefined;
  const env = { ...clusterEnvironment(settings), ...krb5Environment(), ...kerberosEnvironment(settings) };
  const { exitCode, signal, originalMessage } = await execa(program, args, {
    ...{ cwd: "/", env, extendEnv: false, timeout: 60_000, reject: false },
    stdio: ["ignore", "inherit", "inherit"],
  });
  if (exitCode === 0) return undefined;
  if (exitCode === undefined && signal === undefined) return `${program} can't be started: ${originalMessage}`;
  return `${program} ended with ${signal ?? `exit code ${exitCode}`}`;
}
