import type { Settings } from "../../core/settings.ts";
import { SettingsError } from "../../core/settings.ts";
import { readCatalogs } from "../iceberg/catalogs.ts";
import { type AzureRefusal, type AzureStorage, azureClient, azureError, azureStorage } from "./azure.ts";

const made = new Set<string>();

/** Makes sure that the blob container of a catalog's warehouse is there: Iceberg's own file layer creates none. */
export async function ensureContainer(settings: Settings, catalog: string): Promise<void> {
  const spark = readCatalogs()[catalog]?.spark;
  const storage = azureStorage(settings);
  if (!spark || spark === "server" || !/^abfss?:/.test(spark.warehouse ?? "") || !storage || made.has(catalog)) return;
  const client = await azureClient(storage, { retryOptions: { maxTries: 2, tryTimeoutInMs: 10_000 } });
  try {
    await client.getContainerClient(storage.container).createIfNotExists();
    made.add(catalog);
  } catch (error) {
    throw describe(error as AzureRefusal, storage);
  }
}

function describe(error: AzureRefusal, { account, container, endpoint }: AzureStorage): Error {
  if (error.statusCode === 403) {
    return new SettingsError(
      `Azure refused the key of account ${account} for container ${container} (${error.code ?? 403}). Correct AZURE_KEY in .env, or give the key's owner the right to create containers.`,
    );
  }
  if (error.statusCode === undefined) return azureError(error, endpoint);
  return new SettingsError(
    `Azure did not create or find the container ${container} of account ${account}: ${error.statusCode} ${error.code ?? ""}.`,
  );
}
