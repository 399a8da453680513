import { createHash, randomBytes } from "node:crypto";
import type { BlockBlobClient, ContainerClient } from "@azure/storage-blob";
import type { Settings } from "../../core/settings.ts";
import { type AzureRefusal, azureAddress, azureError } from "./azure.ts";

/** How much is read and sent at once; a smaller file goes in one request. */
export const BLOCK_BYTES = 16 * 1024 * 1024;

/** What is sent: so many bytes, read part by part, and what is told after each part. */
export interface BlobUpload {
  bytes: number;
  read(offset: number, length: number): Promise<Buffer>;
  /** Called before a part is read; whoever limits the bandwidth waits here. */
  before?(bytes: number): Promise<void>;
  after?(bytes: number): void;
  signal: AbortSignal;
}

/** A text that is kept in a folder, and the mark by which a later write finds that nobody wrote in between. */
export interface KeptText {
  text: string;
  mark: string;
}

/** A folder of the Azure storage of the settings, whose files are named from it on: `data/a.parquet`. */
export interface BlobFolder {
  /** All files below it with their lengths; none where its container is not there yet. */
  list(): Promise<Map<string, number>>;
  /** Writes a file. A reader sees it whole or not at all; Azure checks every part, and keeps a checksum of the whole. */
  upload(name: string, upload: BlobUpload): Promise<void>;
  /**
   * An address that may write the blocks of this one file until a moment, and nothing else: whoever has it needs no key. What
   * is written shows only once it is committed.
   */
  writableUrl(name: string, until: Date): Promise<string>;
  /** Makes a file of blocks that were written, in this order; `sum` is the checksum of the whole, where it is known. */
  commit(name: string, blocks: readonly string[], sum: Uint8Array | undefined, signal: AbortSignal): Promise<void>;
  /** Removes files; one that is not there is no error. */
  remove(names: readonly string[], signal: AbortSignal): Promise<void>;
  text(name: string): Promise<KeptText | undefined>;
  /** Writes a text if it is still as it was read, or not there where it was not. False where somebody else wrote. */
  keepText(name: string, text: string, mark: string | undefined): Promise<boolean>;
}

/** A folder by its address, `abfss://container@account.dfs.core.windows.net/path`; undefined where it is no storage of ours. */
export async function blobFolder(uri: string, settings: Settings): Promise<BlobFolder | undefined> {
  const address = await azureAddress(uri.replace(/\/+$/, ""), settings, OPTIONS);
  if (!address) return undefined;
  const { container, endpoint, path } = address;
  const translated = <T>(work: Promise<T>) =>
    work.catch(error => {
      throw azureError(error, endpoint);
    });
  const blob = (file: string) => container.getBlockBlobClient(path ? `${path}/${file}` : file);
  return {
    list: () => translated(list(container, path && `${path}/`)),
    upload: (file, upload) => translated(uploadBlocks(blob(file), upload)),
    writableUrl: (file, until) => signedUrl(blob(file), until),
    commit: (file, blocks, sum, signal) => translated(commitBlocks(blob(file), blocks, sum, signal)),
    async remove(names, signal) {
      for (const file of names) await translated(blob(file).deleteIfExists({ abortSignal: signal }));
    },
    text: file => translated(textOf(blob(file))),
    keepText: (file, text, mark) => translated(keep(blob(file), text, mark)),
  };
}

const OPTIONS = { retryOptions: { maxTries: 4 }, keepAliveOptions: { enable: true } };

async function list(container: ContainerClient, prefix: string): Promise<Map<string, number>> {
  const found = new Map<string, number>();
  try {
    for await (const { name, properties, metadata } of container.listBlobsFlat({ prefix, includeMetadata: true }))
      if (!metadata?.hdi_isfolder) found.set(name.slice(prefix.length), properties.contentLength ?? 0);
  } catch (error) {
    // The first copy makes it.
    if ((error as AzureRefusal).code !== "ContainerNotFound") throw error;
  }
  return found;
}

// The SDK's own uploadFile reads in pieces of 64 KB, which is several times slower, and checks nothing.
async function uploadBlocks(blob: BlockBlobClient, { bytes, read, before, after, signal }: BlobUpload): Promise<void> {
  const abort = { abortSignal: signal };
  const part = async (offset: number) => {
    const length = Math.min(BLOCK_BYTES, bytes - offset);
    await before?.(length);
    const buffer = length > 0 ? await read(offset, length) : Buffer.alloc(0);
    if (buffer.length !== length)
      throw new Error(`${blob.name}: ${buffer.length} bytes were read where there should be ${length}.`);
    return buffer;
  };
  if (bytes <= BLOCK_BYTES) {
    const buffer = await part(0);
    const sum = md5(buffer);
    const headers = { blobContentMD5: sum };
    await blob.upload(buffer, bytes, { transactionalContentMD5: sum, blobHTTPHeaders: headers, ...abort });
    after?.(bytes);
    return;
  }
  const whole = createHash("md5");
  const ids = blockIds(bytes);
  for (const [number, id] of ids.entries()) {
    const buffer = await part(number * BLOCK_BYTES);
    whole.update(buffer);
    await blob.stageBlock(id, buffer, buffer.length, { transactionalContentMD5: md5(buffer), ...abort });
    after?.(buffer.length);
  }
  await commitBlocks(blob, ids, whole.digest(), signal);
}

/** Names for the blocks of a file. Of their own for every upload: blocks of two that send the same file never mix. */
export function blockIds(bytes: number): string[] {
  const own = randomBytes(8).toString("hex");
  const nameOf = (number: number) => Buffer.from(`${own}-${String(number).padStart(6, "0")}`).toString("base64");
  return Array.from({ length: Math.ceil(bytes / BLOCK_BYTES) }, (_, number) => nameOf(number));
}

async function commitBlocks(
  blob: BlockBlobClient,
  ids: readonly string[],
  sum: Uint8Array | undefined,
  signal: AbortSignal,
): Promise<void> {
  const headers = sum && { blobHTTPHeaders: { blobContentMD5: sum } };
  await blob.commitBlockList([...ids], { ...headers, abortSignal: signal });
}

async function signedUrl(blob: BlockBlobClient, expiresOn: Date): Promise<string> {
  const { BlobSASPermissions, SASProtocol } = await import("@azure/storage-blob");
  const protocol = blob.url.startsWith("https:") ? SASProtocol.Https : SASProtocol.HttpsAndHttp;
  return await blob.generateSasUrl({ permissions: BlobSASPermissions.parse("w"), expiresOn, protocol });
}

async function textOf(blob: BlockBlobClient): Promise<KeptText | undefined> {
  try {
    const { etag = "", readableStreamBody } = await blob.download();
    const parts: Buffer[] = [];
    for await (const part of readableStreamBody ?? []) parts.push(Buffer.from(part));
    return { text: Buffer.concat(parts).toString(), mark: etag };
  } catch (error) {
    if ((error as AzureRefusal).statusCode === 404) return undefined;
    throw error;
  }
}

async function keep(blob: BlockBlobClient, text: string, mark: string | undefined): Promise<boolean> {
  const body = Buffer.from(text);
  try {
    await blob.upload(body, body.length, { conditions: mark ? { ifMatch: mark } : { ifNoneMatch: "*" } });
    return true;
  } catch (error) {
    if ([409, 412].includes((error as AzureRefusal).statusCode ?? 0)) return false;
    throw error;
  }
}

function md5(content: Buffer): Buffer {
  return createHash("md5").update(content).digest();
}
