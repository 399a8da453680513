import { sparkRemote } from "../endpoints.ts";
import type { Settings } from "../settings.ts";
import { isLoopback, parseRemote } from "../spark/remote.ts";
import { type AzureFile, azureFile } from "../tables/azure-files.ts";

/** A file of our Azure storage, where what is fetched from there is in Spark's reach. */
export async function onAzure({ uri }: { uri: string }, settings: Settings): Promise<AzureFile | undefined> {
  return isHere(settings) ? await azureFile(uri, settings) : undefined;
}

/** Whether Spark runs on this machine, and reads what the worker writes on its disk. */
export function isHere(settings: Settings): boolean {
  return isLoopback(parseRemote(sparkRemote(settings)).host);
}
