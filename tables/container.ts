import type { Settings } from "../settings.ts";
import { SettingsError } from "../settings.ts";
import { azureStorage } from "./azure.ts";
import { readCatalogs } from "./catalogs.ts";
import { StorageAway } from "./storage-away.ts";

const made = new Set<string>();

/** Makes sure that the blob container of a catalog's warehouse is there: Iceberg's own file layer creates none. */
export async function ensureContainer(settings: Settings, catalog: string): Promise<void> {
  const spark = readCatalogs()[catalog]?.spark;
  const storage = azureStorage(settings);
  if (!spark || spark === "server" || !/^abfss?:/.test(spark.warehouse ?? "") || !storage || made.has(catalog)) return;
  const { BlobServiceClient, StorageSharedKeyCredential } = await import("@azure/storage-blob");
  const credential = new StorageSharedKeyCredential(storage.account, storage.key);
  const client = new BlobServiceClient(storage.endpoint, credential, {
    retryOptions: { maxTries: 2, tryTimeoutInMs: 10_000 },
  });
  try {
    await client.getContainerClient(storage.container).createIfNotExists();
    made.add(catalog);
  } catch (error) {
    throw refusal(error as { statusCode?: number; code?: string; message: string }, storage);
  }
}

function refusal(
  error: { statusCode?: number; code?: string; message: string },
  { account, container, endpoint }: { account: string; container: string; endpoint: string },
): Error {
  if (error.statusCode === 403) {
    return new SettingsError(
      `Azure refused the key of account ${account} for container ${container} (${error.code ?? 403}). Correct AZURE_KEY in .env, or give the key's owner the right to create containers.`,
    );
  }
  if (error.statusCode === undefined) return new StorageAway(endpoint, error.code ?? error.message);
  return new SettingsError(
    `Azure did not create or find the container ${container} of account ${account}: ${error.statusCode} ${error.code ?? ""}.`,
  );
}
