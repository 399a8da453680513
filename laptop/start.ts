import { readEndpoints } from "../core/endpoints.ts";
import type { Settings } from "../core/settings.ts";
import { usesHdfs } from "../engines/run-script/places.ts";
import { laptopFolders } from "./folders.ts";
import { stackNames } from "./plans.ts";
import { putSampleScripts } from "./samples/sample-scripts.ts";
import { makeSampleTables } from "./samples/samples.ts";
import { during, errorMessage, screenLine, seconds } from "./screen.ts";
import { reported } from "./set-up-report.ts";
import type { Stack, Started } from "./stack.ts";
import { startOnRequest } from "./start-on-request.ts";
import { askOnce, writeOnce } from "./warm.ts";

/** Starts the laptop stack and tells a person about it. */
export async function startShown(stack: Stack, settings: Settings): Promise<void> {
  if (settings.SPARK_REMOTE) screenLine("Spark", withoutSecrets(settings.SPARK_REMOTE), "yours (SPARK_REMOTE)");
  else if (settings.SPARK_MASTER) screenLine("Spark", settings.SPARK_MASTER, "the worker starts it (SPARK_MASTER)");
  if (settings.HIVE_METASTORE_URI)
    screenLine("Hive Metastore", settings.HIVE_METASTORE_URI, "yours (HIVE_METASTORE_URI)");
  if (settings.AZURE_ACCOUNT) screenLine("Azure Blob", settings.AZURE_ACCOUNT, "yours (AZURE_ACCOUNT)");
  if (settings.SNOWFLAKE_ACCOUNT) screenLine("Snowflake", settings.SNOWFLAKE_ACCOUNT, "yours (SNOWFLAKE_ACCOUNT)");
  const names = stackNames(settings);
  if (names.length === 0) return;
  const waiting = () => console.log("  Another start is going on on this machine: waiting for it.");
  await during(names.includes("spark") ? "starting Spark" : "starting", stack.start(show, waiting));
  if (names.includes("spark")) screenLine("", readEndpoints(settings).spark?.ui ?? "", "Spark's own pages");
  if (names.includes("snowflake") && !names.includes("azure"))
    screenLine("", "", "reads nothing in your Azure: SNOWFLAKE_ACCOUNT=… in .env names a Snowflake that does");
}

/** Warms the laptop's Spark, and makes sample tables once where the metastore is the laptop's too. */
export async function warmShown(settings: Settings): Promise<void> {
  const names = stackNames(settings);
  const spark = readEndpoints(settings).spark;
  if (!names.includes("spark") || !spark) return;
  await during("asking for the databases", askOnce(spark.url));
  const began = Date.now();
  if (names.includes("metastore") && (await sampleTables(settings, spark.url)))
    screenLine("Sample tables", "Hive database `sample`", `made in ${seconds((Date.now() - began) / 1000)}`);
  // Behind our back: who drops a job at once only shares the machine with it, and a failure shows in that job.
  void writeOnce(spark.url, laptopFolders(settings.LAPTOP_DIR).temporary).catch(() => {});
}

async function sampleTables(settings: Settings, sparkUrl: string): Promise<boolean> {
  return await during("making sample tables", reported("samples", makeSampleTables(settings, sparkUrl)));
}

/** Starts what nobody has to wait for, and tells of it; what fails there ends nothing else. */
export async function startLaterShown(stack: Stack, settings: Settings): Promise<void> {
  try {
    const hasHdfs = await stack.startLater(show);
    const isOurs = hasHdfs || (!usesHdfs(settings) && stackNames(settings).includes("spark"));
    const folder = isOurs && (await putSampleScripts(settings));
    if (folder) screenLine("Sample scripts", folder, "put there, this once");
  } catch (error) {
    console.error(`\nScripts can't be run: ${errorMessage(error)}\n`);
  }
}

/** Brings Kafka up when a stream wants it, and tells of it; one that does not start ends nothing else. */
export function watchWantedShown(stack: Stack, settings: Settings): () => void {
  if (settings.KAFKA_BROKERS) screenLine("Kafka", settings.KAFKA_BROKERS, "yours (KAFKA_BROKERS)");
  const onFailed = (error: unknown) => console.error(`\nStreams can't be followed: ${errorMessage(error)}\n`);
  return startOnRequest(stack, settings, { onStarted: show, onFailed });
}

function show({ title, url, how, seconds: taken }: Started): void {
  const remark = {
    started: `started in ${seconds(taken)}`,
    "taken over": "was left running, taken over",
    used: "runs already, is left running",
  };
  screenLine(title, withoutSecrets(url), remark[how]);
}

// A remote may carry a token.
function withoutSecrets(remote: string): string {
  return remote.replace(/\/;.*/, "");
}
