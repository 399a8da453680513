import { type AzureFile, azureFile } from "../../csv/azure-file.ts";
import type { Source } from "../../csv/source.ts";
import { sparkRemote } from "../../services.ts";
import type { Settings } from "../../settings.ts";
import { isLoopback, parseRemote } from "../../spark/remote.ts";

/** A file of our Azure storage, where what is fetched from there is in Spark's reach. */
export async function onAzure({ uri }: Source, settings: Settings): Promise<AzureFile | undefined> {
  return isHere(settings) ? await azureFile(uri, settings) : undefined;
}

/** Whether Spark runs on this machine, and reads what the worker writes on its disk. */
export function isHere(settings: Settings): boolean {
  return isLoopback(parseRemote(sparkRemote(settings)).host);
}
