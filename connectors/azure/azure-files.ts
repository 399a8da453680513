import { createWriteStream } from "node:fs";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { BlobClient } from "@azure/storage-blob";
import type { Settings } from "../../core/settings.ts";
import { wildcard } from "../../core/system/wildcard.ts";
import { type AzureAddress, type AzureRefusal, azureAddress, azureError } from "./azure.ts";

/** A file on the Azure storage of the settings: Iceberg's own file layer reads tables there, and nothing else. */
export interface AzureFile {
  /** `abfss://container@account.dfs.core.windows.net/path`. */
  uri: string;
  bytes: number;
  modified: Date;
  /** Its first bytes, so many at most. */
  beginning(bytes: number): Promise<Buffer>;
  /** So many bytes of it from an offset on. */
  part(offset: number, length: number): Promise<Buffer>;
  /** All of it, from its first byte. */
  open(): Promise<Readable>;
  /** Writes all of it into a file of this machine. */
  save(path: string, signal: AbortSignal): Promise<void>;
}

/** Finds one file by its address; undefined where that is no storage of ours. Throws a sentence. */
export async function azureFile(uri: string, settings: Settings): Promise<AzureFile | undefined> {
  const place = await azureAddress(uri, settings, OPTIONS);
  if (!place?.path) return undefined;
  const blob = place.container.getBlobClient(place.path);
  const { contentLength: bytes = 0, lastModified = new Date(0) } = await blob.getProperties().catch(error => {
    if (error.statusCode === 404) throw new Error(`There is no file ${uri}.`);
    throw azureError(error, place.endpoint);
  });
  return fileOf(blob, place, { uri, bytes, modified: lastModified });
}

/**
 * Finds the files that an address means: one, all below a folder, or those of a pattern, in which `*` stands for any signs
 * of a name and `**` for folders too; no hidden ones. Undefined where that is no storage of ours. Throws a sentence.
 */
export async function azureFiles(uri: string, settings: Settings): Promise<AzureFile[] | undefined> {
  const place = await azureAddress(uri, settings, OPTIONS);
  if (!place) return undefined;
  const { container, root } = place;
  const path = place.path.replace(/\/+$/, "");
  const folder = path && `${path}/`;
  const like = path.includes("*") ? wildcard(path) : undefined;
  const found: AzureFile[] = [];
  try {
    const prefix = path.split("*")[0] ?? "";
    for await (const { name, properties, metadata } of container.listBlobsFlat({ prefix, includeMetadata: true })) {
      const wanted = like ? like(name) : name === path || name.startsWith(folder);
      const hidden = name !== path && /(^|\/)[._][^/]*$/.test(name);
      if (!wanted || hidden || metadata?.hdi_isfolder) continue;
      const { contentLength: bytes = 0, lastModified } = properties;
      const facts = { uri: `${root}/${name}`, bytes, modified: lastModified };
      found.push(fileOf(container.getBlobClient(name), place, facts));
    }
  } catch (error) {
    // A container that is not there has no files.
    const refused = error as AzureRefusal;
    if (refused.statusCode !== 404) throw azureError(refused, place.endpoint);
  }
  return found;
}

const OPTIONS = { retryOptions: { maxTries: 3 } };

function fileOf(
  blob: BlobClient,
  { endpoint }: AzureAddress,
  facts: Pick<AzureFile, "uri" | "bytes" | "modified">,
): AzureFile {
  const { bytes } = facts;
  const open = async (signal?: AbortSignal) => {
    if (bytes === 0) return Readable.from([]);
    const download = blob.download(0, undefined, signal && { abortSignal: signal });
    const { readableStreamBody } = await download.catch(error => {
      throw signal?.aborted ? error : azureError(error, endpoint);
    });
    return readableStreamBody as Readable;
  };
  return {
    ...facts,
    beginning: async most => (bytes === 0 ? Buffer.alloc(0) : await blob.downloadToBuffer(0, Math.min(most, bytes))),
    part: async (offset, length) => await blob.downloadToBuffer(offset, Math.min(length, bytes - offset)),
    open: () => open(),
    save: async (to, signal) => await pipeline(await open(signal), createWriteStream(to, { mode: 0o600 })),
  };
}
