import type { World } from "./world.ts";

const TITLES: Readonly<Record<string, string>> = {
  spark: "Spark",
  metastore: "Hive Metastore",
  azure: "Azure Blob",
  snowflake: "Snowflake",
  hdfs: "HDFS",
};

/** What a person calls a service. */
export function serviceTitle(name: string): string {
  return TITLES[name] ?? name;
}

/** How the services are, in a few words for the foot of the rail. */
export function overall({ heartbeat, workerLives }: World): { well: boolean; words: string } {
  if (!workerLives || !heartbeat) return { well: false, words: "No worker is running" };
  if (heartbeat.lowDisk) return { well: false, words: "The disk is nearly full" };
  const away = Object.entries(heartbeat.services).filter(([, health]) => !health.ok);
  if (away.length === 0) return { well: true, words: "All services answer" };
  const named = away.map(([name]) => serviceTitle(name)).join(", ");
  return { well: false, words: `${named} ${away.length === 1 ? "does" : "do"} not answer` };
}
