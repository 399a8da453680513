import { createHash, randomUUID } from "node:crypto";
import { createWriteStream } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { Busboy, type BusboyInstance } from "@fastify/busboy";
import { keepUpload, makeIncoming } from "./keep.ts";
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

/** What came is no form, or was cut off on its way. */
export class BrokenForm extends Error {
  override name = "BrokenForm";
}

/** A form has more fields or files, or longer fields, than any page of ours sends. */
class TooMany extends TooLarge {
  override name = "TooMany";
}

// Each field stands in memory until the form is read, and each file has a name among those there.
const LIMITS = { fields: 200, fieldNameSize: 100, fieldSize: 64 * 1024, files: 1_000, headerPairs: 50 };

/** Takes every file of a form in as it comes, hashing on the way; what is cut off is not kept. `fields` gets the rest. */
export async function receiveForm(
  body: Readable,
  contentType: string,
  to: Receiving,
  fields?: URLSearchParams,
): Promise<Upload[]> {
  const form = formOf(contentType);
  let refused: TooMany | undefined;
  const tooMany = (what: string) => () => {
    refused ??= new TooMany(`The form has ${what}: send it in parts.`);
    form.destroy(refused);
  };
  form.on("fieldsLimit", tooMany(`more than ${LIMITS.fields} fields`));
  form.on("filesLimit", tooMany(`more than ${LIMITS.files} files`));
  const coming: Promise<Upload | undefined>[] = [];
  const streams: Readable[] = [];
  form.on("file", (_field, stream, filename) => {
    // Without a listener, an error of a file that nobody reads would end the process.
    stream.on("error", () => {});
    // What is left of the piece in hand is still parsed after the form was refused.
    const received =
      filename && !form.destroyed ? receiveFile(stream, filename, to) : Promise.resolve(void stream.resume());
    // One that can't be kept ends the rest: nobody would read on.
    received.catch(error => form.destroy(error));
    coming.push(received);
    streams.push(stream);
  });
  // A part without a name has none here, whatever the types say.
  form.on("field", (name = "", value, _nameTruncated, valueTruncated) => {
    if (Buffer.byteLength(name) > LIMITS.fieldNameSize || valueTruncated) tooMany("a field that is too long")();
    else fields?.append(name, value);
  });
  await pipeline(unbroken(body), form).catch(error => {
    for (const stream of streams) stream.destroy(error);
    throw isOfForm(error) ? new BrokenForm("The form is broken, or was cut off: send it again.") : error;
  });
  // What came last may have ended the form before it was refused.
  if (refused) throw refused;
  return (await Promise.all(coming)).filter(upload => upload !== undefined);
}

function formOf(contentType: string): BusboyInstance {
  try {
    return new Busboy({ headers: { "content-type": contentType }, limits: LIMITS });
  } catch {
    throw new BrokenForm("The form has no boundary: send it as a browser or curl -F does.");
  }
}

function isOfForm({ message }: Error): boolean {
  return /^(Unexpected end of multipart data|(Part|Preamble) terminated early)/.test(message);
}

/** Takes one file in. */
export async function receiveFile(body: Readable, name: string, { dataDir, limit, by }: Receiving): Promise<Upload> {
  const path = join(makeIncoming(dataDir), randomUUID());
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
      createWriteStream(path, { mode: 0o600, flush: true }),
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
