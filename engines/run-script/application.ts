import { join } from "node:path";
import { execa } from "execa";
import type { Settings } from "../../core/settings.ts";
import type { Command } from "./driver.ts";
import { clusterEnvironment } from "./submit.ts";

/** The id of a Spark application, as the log of its driver tells it; undefined where the line tells none. */
export function applicationOf(line: string, { args }: Pick<Command, "args">): string | undefined {
  const found = ON_CLUSTERS.exec(line)?.[0];
  if (found || !line.includes("SparkContext: Submitted application")) return found;
  // A local Spark tells its id to nobody; it was told which to take.
  return args.map(text => /^spark\.test\.appId=(local-\d+)$/.exec(text)?.[1]).find(Boolean);
}

// YARN; standalone, and its name for a driver that runs on the cluster; Kubernetes.
const ON_CLUSTERS = /\b(?:application_\d{10,}_\d{4,}|app-\d{14}-\d{4,}|driver-\d{14}-\d{4,}|spark-[0-9a-f]{32})\b/;

type Killer = Pick<Settings, "SPARK_SUBMIT" | "SPARK_MASTER" | "HADOOP_CONF_DIR">;

/** The command that ends an application on its cluster; undefined where it ends with its driver. */
export function killCommand(application: string, { SPARK_SUBMIT, SPARK_MASTER }: Killer): string[] | undefined {
  if (application.startsWith("application_")) {
    const home = process.env.HADOOP_HOME;
    return [home ? join(home, "bin", "yarn") : "yarn", "application", "-kill", application];
  }
  if (!application.startsWith("driver-") || !SPARK_SUBMIT || !SPARK_MASTER) return undefined;
  return [SPARK_SUBMIT, "--master", SPARK_MASTER, "--kill", application];
}

/** Ends an application on its cluster. Gives why it may still run; undefined where it does not. */
export async function killApplication(application: string, settings: Killer): Promise<string | undefined> {
  const [program, ...args] = killCommand(application, settings) ?? [];
  if (!program) return undefined;
  const { exitCode, signal, originalMessage } = await execa(program, args, {
    ...{ cwd: "/", env: clusterEnvironment(settings), extendEnv: false, timeout: 60_000, reject: false },
    stdio: ["ignore", "inherit", "inherit"],
  });
  if (exitCode === 0) return undefined;
  if (exitCode === undefined && signal === undefined) return `${program} can't be started: ${originalMessage}`;
  return `${program} ended with ${signal ?? `exit code ${exitCode}`}`;
}
