import { createWriteStream } from "node:fs";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { Settings } from "../settings.ts";
import { azureStorage } from "../tables/azure.ts";
import { StorageAway } from "../tables/storage-away.ts";

/** A file on the Azure storage of the settings: Iceberg's own file layer reads tables there, and no CSV. */
export interface AzureFile {
  bytes: number;
  /** Its first bytes, so many at most. */
  beginning(bytes: number): Promise<Buffer>;
  /** Writes all of it into a file of this machine. */
  save(path: string, signal: AbortSignal): Promise<void>;
}

/** Finds `abfss://container@account.dfs.core.windows.net/path`; undefined where that is no storage of ours. Throws a sentence. */
export async function azureFile(uri: string, settings: Settings): Promise<AzureFile | undefined> {
  const [, container, host, path] = /^abfss?:\/\/([^@/]+)@([^/]+)\/(.+)$/.exec(uri) ?? [];
  const storage = azureStorage(settings);
  if (!container || !path || !storage || host?.split(".")[0] !== storage.account) return undefined;
  const { BlobServiceClient, StorageSharedKeyCredential } = await import("@azure/storage-blob");
  const credential = new StorageSharedKeyCredential(storage.account, storage.key);
  const client = new BlobServiceClient(storage.endpoint, credential, { retryOptions: { maxTries: 3 } });
  const blob = client.getContainerClient(container).getBlobClient(path);
  const { contentLength: bytes = 0 } = await blob.getProperties().catch(error => {
    if (error.statusCode === 404) throw new Error(`There is no file ${uri}.`);
    throw error.statusCode === undefined ? new StorageAway(storage.endpoint, error.code ?? error.message) : error;
  });
  return {
    bytes,
    beginning: async most => (bytes === 0 ? Buffer.alloc(0) : await blob.downloadToBuffer(0, Math.min(most, bytes))),
    async save(to, signal) {
      const { readableStreamBody: body } = await blob.download(0, undefined, { abortSignal: signal });
      await pipeline(body as Readable, createWriteStream(to, { mode: 0o640 }));
    },
  };
}
