import { mkdirSync, writeFileSync } from "node:fs";
import { availableParallelism, totalmem } from "node:os";
import { join } from "node:path";
import { secretPlaceholders } from "../../connectors/iceberg/catalogs.ts";
import { SERVER_CONF } from "../../connectors/spark/server/server-conf.ts";
import type { LaptopFolders } from "../folders.ts";

/** What a stack is for: people get the faster Spark, tests the one that starts faster. */
export type Purpose = "laptop" | "tests";

/** A JVM that spends half the processor time on its start, and is slower with much data. Its code cache is small unless told. */
export const QUICK_START = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC -XX:ReservedCodeCacheSize=256m";

// What Spark makes of queries is more code than Java keeps unless told; a collector that works beside the program takes a
// core away from it, and where there are two, so do the threads of one that does not (docs/decisions/0014).
const STEADY = `-XX:ReservedCodeCacheSize=384m ${availableParallelism() > 2 ? "-XX:+UseParallelGC" : "-XX:+UseSerialGC"}`;

/** How the laptop's Spark Connect server runs. */
export function connectConf(
  folders: LaptopFolders,
  metastore: string,
  purpose: Purpose = "laptop",
): Record<string, string> {
  return {
    ...SERVER_CONF,
    ...secretPlaceholders(),
    // The driver's own ports listen to every user of the machine: Spark makes a secret for them, and tells nobody.
    "spark.authenticate": "true",
    // Spark's pages are open to all of these; they may look, and end nothing.
    "spark.ui.killEnabled": "false",
    "spark.driver.extraJavaOptions": purpose === "tests" ? QUICK_START : STEADY,
    ...(purpose === "tests" && eventLog(folders.spark)),
    "spark.driver.memory": `${driverMegabytes()}m`,
    "spark.sql.warehouse.dir": folders.hiveWarehouse,
    "spark.hadoop.hive.metastore.uris": metastore,
    // The laptop's metastore has no lock tables: a commit would wait for them for ever.
    "spark.hadoop.iceberg.engine.hive.lock-enabled": "false",
    "spark.local.dir": folders.temporary,
    "spark.scheduler.allocation.file": `file:${writePools(folders.spark)}`,
    // A local Spark that lets a task wait for a nearer place is never woken to start it: a statement over HDFS then hangs.
    "spark.locality.wait": "0s",
    // A machine that slept for two minutes would find that its only executor, Spark itself, had not been heard of, and end it.
    "spark.storage.blockManagerHeartbeatTimeoutMs": "30d",
    // Spark's 200 are meant for a cluster.
    "spark.sql.shuffle.partitions": String(Math.max(8, 2 * availableParallelism())),
  };
}

/** Memory for Spark: a quarter of the machine's, 4 GB at most. */
export function driverMegabytes(machineBytes = totalmem()): number {
  return Math.max(1024, Math.min(4096, Math.floor(machineBytes / 4 / 2 ** 20)));
}

// Tests look into it for what should not be there.
function eventLog(folder: string): Record<string, string> {
  const events = join(folder, "events");
  mkdirSync(events, { recursive: true });
  return {
    "spark.eventLog.enabled": "true",
    "spark.eventLog.dir": `file:${events}`,
    "spark.eventLog.compress": "false",
    "spark.eventLog.rolling.enabled": "false",
  };
}

function writePools(folder: string): string {
  const file = join(folder, "pools.xml");
  const pool = '<pool name="default"><schedulingMode>FAIR</schedulingMode></pool>';
  writeFileSync(file, `<?xml version="1.0"?>\n<allocations>${pool}</allocations>\n`);
  return file;
}
