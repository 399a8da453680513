import { createWriteStream } from "node:fs";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { BlobClient, ContainerClient } from "@azure/storage-blob";
import type { Settings } from "../settings.ts";
import { azureStorage } from "./azure.ts";
import { StorageAway } from "./storage-away.ts";

/** A file on the Azure storage of the settings: Iceberg's own file layer reads tables there, and nothing else. */
export interface AzureFile {
  /** `abfss://container@account.dfs.core.windows.net/path`. */
  uri: string;
  bytes: number;
  modified: Date;
  /** Its first bytes, so many at most. */
  beginning(bytes: number): Promise<Buffer>;
  /** All of it, from its first byte. */
  open(): Promise<Readable>;
  /** Writes all of it into a file of this machine. */
  save(path: string, signal: AbortSignal): Promise<void>;
}

/** Finds one file by its address; undefined where that is no storage of ours. Throws a sentence. */
export async function azureFile(uri: string, settings: Settings): Promise<AzureFile | undefined> {
  const place = await placeOf(uri, settings);
  if (!place?.path) return undefined;
  const blob = place.container.getBlobClient(place.path);
  const { contentLength: bytes = 0, lastModified = new Date(0) } = await blob.getProperties().catch(error => {
    if (error.statusCode === 404) throw new Error(`There is no file ${uri}.`);
    throw refusal(error, place);
  });
  return fileOf(blob, place, { uri, bytes, modified: lastModified });
}

/**
 * Finds the files that an address means: one, all below a folder, or those of a pattern, in which `*` stands for any signs
 * of a name and `**` for folders too; no hidden ones. Undefined where that is no storage of ours. Throws a sentence.
 */
export async function azureFiles(uri: string, settings: Settings): Promise<AzureFile[] | undefined> {
  const place = await placeOf(uri, settings);
  if (!place) return undefined;
  const { container, root } = place;
  const path = place.path.replace(/\/+$/, "");
  const folder = path && `${path}/`;
  const like = path.includes("*") ? pattern(path) : undefined;
  const found: AzureFile[] = [];
  try {
    const prefix = path.split("*")[0] ?? "";
    for await (const { name, properties, metadata } of container.listBlobsFlat({ prefix, includeMetadata: true })) {
      const wanted = like ? like.test(name) : name === path || name.startsWith(folder);
      const hidden = name !== path && /(^|\/)[._][^/]*$/.test(name);
      if (!wanted || hidden || metadata?.hdi_isfolder) continue;
      const { contentLength: bytes = 0, lastModified } = properties;
      const facts = { uri: `${root}/${name}`, bytes, modified: lastModified };
      found.push(fileOf(container.getBlobClient(name), place, facts));
    }
  } catch (error) {
    // A container that is not there has no files.
    if ((error as Refused).statusCode !== 404) throw refusal(error as Refused, place);
  }
  return found;
}

interface Place {
  container: ContainerClient;
  endpoint: string;
  root: string;
  path: string;
}

async function placeOf(uri: string, settings: Settings): Promise<Place | undefined> {
  const [, root = "", name, host, path = ""] = /^(abfss?:\/\/([^@/]+)@([^/]+))\/?(.*)$/.exec(uri) ?? [];
  const storage = azureStorage(settings);
  if (!name || !storage || host?.split(".")[0] !== storage.account) return undefined;
  const { BlobServiceClient, StorageSharedKeyCredential } = await import("@azure/storage-blob");
  const credential = new StorageSharedKeyCredential(storage.account, storage.key);
  const client = new BlobServiceClient(storage.endpoint, credential, { retryOptions: { maxTries: 3 } });
  return { container: client.getContainerClient(name), endpoint: storage.endpoint, root, path };
}

function fileOf(blob: BlobClient, place: Place, facts: Pick<AzureFile, "uri" | "bytes" | "modified">): AzureFile {
  const { bytes } = facts;
  const open = async (signal?: AbortSignal) => {
    if (bytes === 0) return Readable.from([]);
    const asked = blob.download(0, undefined, signal && { abortSignal: signal });
    const { readableStreamBody } = await asked.catch(error => {
      throw signal?.aborted ? error : refusal(error, place);
    });
    return readableStreamBody as Readable;
  };
  return {
    ...facts,
    beginning: async most => (bytes === 0 ? Buffer.alloc(0) : await blob.downloadToBuffer(0, Math.min(most, bytes))),
    open: () => open(),
    save: async (to, signal) => await pipeline(await open(signal), createWriteStream(to, { mode: 0o640 })),
  };
}

interface Refused extends Error {
  statusCode?: number;
  code?: string;
}

function refusal(error: Refused, { endpoint }: Place): Error {
  return error.statusCode === undefined ? new StorageAway(endpoint, error.code ?? error.message) : error;
}

function pattern(path: string): RegExp {
  const parts = path
    .split(/(\*\*|\*)/)
    .map(part => (part === "**" ? ".*" : part === "*" ? "[^/]*" : RegExp.escape(part)));
  return new RegExp(`^${parts.join("")}$`, "s");
}
