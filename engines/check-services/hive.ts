import { HiveError, hiveAddress } from "../../connectors/hive/address.ts";
import { openHive } from "../../connectors/hive/server2.ts";
import type { Settings } from "../../core/settings.ts";
import { type Check, Fault } from "./service-check.ts";

/** Looks at HiveServer2, where one is set: whether it lets us in and answers. */
export function hiveChecks(settings: Settings): Check[] {
  return settings.HIVE_SERVER2_URL ? [{ name: "hive", run: signal => run(settings, signal) }] : [];
}

async function run(settings: Settings, signal: AbortSignal): Promise<string[]> {
  const address = hiveAddress(settings);
  const who = address?.principal ? settings.SPARK_KERBEROS_PRINCIPAL : address?.user;
  try {
    const hive = await openHive(settings);
    try {
      const databases = await hive.query("show databases", signal);
      const count = databases.length === 1 ? "1 database" : `${databases.length} databases`;
      return [`${count} at ${address?.host}:${address?.port} as ${who}`];
    } finally {
      await hive.close();
    }
  } catch (error) {
    if (!(error instanceof HiveError)) throw error;
    throw new Fault(error.message, error.hint ?? "Look at the log of HiveServer2.");
  }
}
