import { readEndpoints } from "../endpoints.ts";
import type { Settings } from "../settings.ts";
import { laptopFolders } from "./folders.ts";
import { stackNames } from "./plans.ts";
import { putSampleScripts } from "./sample-scripts.ts";
import { makeSampleTables } from "./samples.ts";
import { during, line, seconds, sentence } from "./screen.ts";
import type { Stack, Started } from "./stack.ts";
import { watchWanted } from "./wanted.ts";
import { askOnce, writeOnce } from "./warm.ts";

/** Starts the laptop stack and tells a person about it. */
export async function startShown(stack: Stack, settings: Settings): Promise<void> {
  if (settings.SPARK_REMOTE) line("Spark", withoutSecrets(settings.SPARK_REMOTE), "yours (SPARK_REMOTE)");
  else if (settings.SPARK_MASTER) line("Spark", settings.SPARK_MASTER, "the worker starts it (SPARK_MASTER)");
  if (settings.HIVE_METASTORE_URI) line("Hive Metastore", settings.HIVE_METASTORE_URI, "yours (HIVE_METASTORE_URI)");
  if (settings.AZURE_ACCOUNT) line("Azure Blob", settings.AZURE_ACCOUNT, "yours (AZURE_ACCOUNT)");
  if (settings.SNOWFLAKE_ACCOUNT) line("Snowflake", settings.SNOWFLAKE_ACCOUNT, "yours (SNOWFLAKE_ACCOUNT)");
  const names = stackNames(settings);
  if (names.length === 0) return;
  const waiting = () => console.log("  Another start is going on on this machine: waiting for it.");
  await during(names.includes("spark") ? "starting Spark" : "starting", stack.start(show, waiting));
  if (names.includes("spark")) line("", readEndpoints(settings).spark?.ui ?? "", "Spark's own pages");
  if (names.includes("snowflake") && !names.includes("azure"))
    line("", "", "reads nothing in your Azure: SNOWFLAKE_ACCOUNT=… in .env names a Snowflake that does");
}

/** Warms the laptop's Spark, and makes sample tables once where the metastore is the laptop's too. */
export async function warmShown(settings: Settings): Promise<void> {
  const names = stackNames(settings);
  const spark = readEndpoints(settings).spark;
  if (!names.includes("spark") || !spark) return;
  await during("asking for the databases", askOnce(spark.url));
  const began = Date.now();
  if (names.includes("metastore") && (await during("making sample tables", makeSampleTables(settings, spark.url))))
    line("Sample tables", "Hive database `sample`", `made in ${seconds((Date.now() - began) / 1000)}`);
  // Behind our back: who drops a job at once only shares the machine with it, and a failure shows in that job.
  void writeOnce(spark.url, laptopFolders(settings.LAPTOP_DIR).temporary).catch(() => {});
}

/** Starts what nobody has to wait for, and tells of it; what fails there ends nothing else. */
export async function startLaterShown(stack: Stack, settings: Settings): Promise<void> {
  try {
    const folder = (await stack.startLater(show)) && (await putSampleScripts(settings));
    if (folder) line("Sample scripts", folder, "put there, this once");
  } catch (error) {
    console.error(`\nScripts can't be run from HDFS: ${sentence(error)}\n`);
  }
}

/** Brings Kafka up when a stream wants it, and tells of it; one that does not start ends nothing else. */
export function watchWantedShown(stack: Stack, settings: Settings): () => void {
  if (settings.KAFKA_BROKERS) line("Kafka", settings.KAFKA_BROKERS, "yours (KAFKA_BROKERS)");
  const onFailed = (error: unknown) => console.error(`\nStreams can't be followed: ${sentence(error)}\n`);
  return watchWanted(stack, settings, { onStarted: show, onFailed });
}

function show({ title, url, how, seconds: taken }: Started): void {
  const remark = {
    started: `started in ${seconds(taken)}`,
    "taken over": "was left running, taken over",
    used: "runs already, is left running",
  };
  line(title, url, remark[how]);
}

// A remote may carry a token.
function withoutSecrets(remote: string): string {
  return remote.replace(/\/;.*/, "");
}
