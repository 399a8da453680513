import type { BlobServiceClient, ContainerClient, StoragePipelineOptions } from "@azure/storage-blob";
import { azurePlace, EMULATOR_KEY, readEndpoints } from "../../core/endpoints.ts";
import type { Settings } from "../../core/settings.ts";
import { StorageUnavailable } from "./errors.ts";

/** Where the Azure Blob storage of the target is, with its key. */
export interface AzureStorage {
  account: string;
  container: string;
  endpoint: string;
  key: string;
}

/** The Azure storage of the settings, else that of the laptop stack; undefined where neither is there, or no key is. */
export function azureStorage(settings: Settings): AzureStorage | undefined {
  const place = azurePlace(settings);
  if (!place) return undefined;
  const laptopKey = settings.AZURE_ACCOUNT ? undefined : (readEndpoints(settings).azure?.key ?? EMULATOR_KEY);
  const key = settings.AZURE_KEY ?? laptopKey;
  return key ? { ...place, key } : undefined;
}

/** Makes the client of a storage. The driver is loaded when the first one is made. */
export async function azureClient(
  { account, key, endpoint }: AzureStorage,
  options: StoragePipelineOptions,
): Promise<BlobServiceClient> {
  const { BlobServiceClient, StorageSharedKeyCredential } = await import("@azure/storage-blob");
  return new BlobServiceClient(endpoint, new StorageSharedKeyCredential(account, key), options);
}

/** What an `abfss://container@account.dfs.core.windows.net/path` means in the storage of the settings. */
export interface AzureAddress {
  container: ContainerClient;
  endpoint: string;
  /** The address of the container. */
  root: string;
  path: string;
}

/** Resolves an `abfss://` address; undefined where it is no storage of ours. */
export async function azureAddress(
  uri: string,
  settings: Settings,
  options: StoragePipelineOptions,
): Promise<AzureAddress | undefined> {
  const [, root = "", name, host, path = ""] = /^(abfss?:\/\/([^@/]+)@([^/]+))\/?(.*)$/.exec(uri) ?? [];
  const storage = azureStorage(settings);
  if (!name || !storage || host?.split(".")[0] !== storage.account) return undefined;
  const client = await azureClient(storage, options);
  return { container: client.getContainerClient(name), endpoint: storage.endpoint, root, path };
}

/** What the driver throws: `statusCode` where Azure answered, `code` of Azure or of the network. */
export interface AzureRefusal extends Error {
  statusCode?: number;
  code?: string;
}

/** A StorageUnavailable where Azure gave no answer; else the error as it is. A cancel of ours is an AbortError, and stays one. */
export function azureError(error: AzureRefusal, endpoint: string): Error {
  const isSilent = error.name === "RestError" && error.statusCode === undefined;
  return isSilent ? new StorageUnavailable(endpoint, error.code ?? error.message) : error;
}
