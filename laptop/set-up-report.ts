import type { Settings } from "../core/settings.ts";
import { expectParts, type Part, reportPart, reportTo } from "../setup/report.mjs";
import type { StackName } from "./ensure.ts";
import { stackNames } from "./plans.ts";
import { errorMessage } from "./screen.ts";
import { wantsHdfs } from "./servers/hdfs.ts";

/** What a start brings up: each service of the laptop stack, the worker and the sample's tables. */
export type StartedPart = StackName | "worker" | "samples";

const PARTS: Readonly<Record<StartedPart, Part>> = {
  metastore: starting("Hive Metastore", "tables in Hive"),
  spark: starting("Spark", "every job that reads or writes tables"),
  azure: starting("Azurite", "copies to the laptop's Azure Blob"),
  snowflake: starting("Snowflake stand-in", "registrations in the laptop's Snowflake"),
  hdfs: starting("HDFS", "scripts in HDFS"),
  kafka: starting("Kafka", "streams"),
  worker: starting("Worker", "every job"),
  samples: starting("Sample tables", "the sample job"),
};

function starting(title: string, neededFor: string): Part {
  return { kind: "start", title, neededFor };
}

/** Says for the portal's pages, which are there first, what is going to be started. */
export function reportStart(settings: Settings): void {
  const names = stackNames(settings);
  const isSampled = names.includes("spark") && names.includes("metastore");
  const expected: StartedPart[] = [...names, "worker"];
  if (isSampled) expected.push("samples");
  if (wantsHdfs(settings)) expected.push("hdfs");
  reportTo(settings.LAPTOP_DIR);
  expectParts(expected.map(name => PARTS[name]));
}

/** Reports a part as on its way while it is, then as there, or with the sentence that it failed with. */
export async function reported<T>(name: StartedPart, work: Promise<T>): Promise<T> {
  reportPart(PARTS[name], { state: "running" });
  try {
    const result = await work;
    reportPart(PARTS[name], { state: "succeeded" });
    return result;
  } catch (error) {
    reportPart(PARTS[name], { state: "failed", error: errorMessage(error) });
    throw error;
  }
}
