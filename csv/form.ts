import { createHash, randomUUID } from "node:crypto";
import { createWriteStream } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import busboy from "busboy";
import { keepUpload, partialFolder } from "./keep.ts";
import type { Upload } from "./uploads.ts";

/** What takes files in: where they go, how large one may be, and who sends them. */
export interface Receiving {
  dataDir: string;
  /** In bytes. */
  limit: number;
  by: string;
}

/** A file is larger than it may be. */
export class TooLarge extends Error {
  override name = "TooLarge";
}

/** Takes every file of a form in as it comes, hashing on the way; what is cut off is not kept. `fields` gets the rest. */
export async function receiveForm(
  body: Readable,
  contentType: string,
  to: Receiving,
  fields?: URLSearchParams,
): Promise<Upload[]> {
  const form = busboy({ headers: { "content-type": contentType }, defParamCharset: "utf8" });
  const coming: Promise<Upload | undefined>[] = [];
  form.on("file", (_field, stream, { filename }) => {
    const received = filename ? receiveFile(stream, filename, to) : Promise.resolve(void stream.resume());
    // One that can't be kept ends the rest: nobody would read on.
    received.catch(error => form.destroy(error));
    coming.push(received);
  });
  form.on("field", (name, value) => fields?.append(name, value));
  await pipeline(unbroken(body), form);
  return (await Promise.all(coming)).filter(upload => upload !== undefined);
}

/** Takes one file in. */
export async function receiveFile(body: Readable, name: string, { dataDir, limit, by }: Receiving): Promise<Upload> {
  const path = join(partialFolder(dataDir), randomUUID());
  const hash = createHash("sha256");
  const from = performance.now();
  let bytes = 0;
  try {
    await pipeline(
      unbroken(body),
      async function* hashed(chunks: AsyncIterable<Buffer>) {
        for await (const chunk of chunks) {
          bytes += chunk.length;
          if (bytes > limit) throw new TooLarge(tooLarge(name, limit));
          hash.update(chunk);
          yield chunk;
        }
      },
      createWriteStream(path, { mode: 0o640, flush: true }),
    );
    const seconds = Math.round(performance.now() - from) / 1000;
    return keepUpload(dataDir, path, { name, bytes, sha256: hash.digest("hex"), seconds, by });
  } catch (error) {
    await rm(path, { force: true });
    throw error;
  }
}

// What is not read to its end stays open, so that whoever sends it can be told why.
function unbroken(body: Readable): Readable {
  return Readable.from(body.iterator({ destroyOnReturn: false }), { objectMode: false });
}

function tooLarge(name: string, limit: number): string {
  return `${name} is larger than ${Math.floor(limit / 1e6)} MB, and was not kept. UPLOAD_LIMIT_MB in .env allows more.`;
}
