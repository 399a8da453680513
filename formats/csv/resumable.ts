import { createHash, type Hash } from "node:crypto";
import { createReadStream } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { FileStore } from "@tus/file-store";
import { Server } from "@tus/server";
import { incomingNote } from "../../core/store/data-files.ts";
import { keepUpload, makeIncoming } from "./keep.ts";
import type { Upload } from "./uploads.ts";

/** One request of an upload that may be resumed. */
export interface TusRequest {
  method: string;
  /** The whole address. */
  url: string;
  headers: Readonly<Record<string, string>>;
  body: Readable;
  by: string;
}

/** What it is answered with. */
export interface TusAnswer {
  status: number;
  headers: Record<string, string>;
  text: string;
}

/** Takes files in by the tus protocol, so that a broken connection goes on where it broke. */
export interface Resumable {
  /** `came` hears of the file once it is all there. */
  handle(request: TusRequest, came: (upload: Upload) => void): Promise<TusAnswer>;
}

const KEPT_FOR = 7 * 24 * 3_600_000;
const BY = "portal-person";

interface Coming {
  hash: Hash;
  offset: number;
  seconds: number;
}

/** Opens the door at `path`; `limit` is in bytes. */
export function resumable({ dataDir, limit, path }: { dataDir: string; limit: number; path: string }): Resumable {
  const directory = makeIncoming(dataDir);
  // How far each hash is; one that is not as far as its file is taken anew in the end.
  const coming = new Map<string, Coming>();
  const waiting = new Map<string, (upload: Upload) => void>();
  const store = new FileStore({ directory, expirationPeriodInMilliseconds: KEPT_FOR });
  const server = new Server({
    path,
    datastore: store,
    maxSize: limit,
    relativeLocation: true,
    async onUploadCreate(request, upload) {
      coming.set(upload.id, { hash: createHash("sha256"), offset: 0, seconds: 0 });
      await server.cleanUpExpiredUploads().catch(() => undefined);
      return { metadata: { ...upload.metadata, by: request.headers.get(BY) } };
    },
    async onUploadFinish(_request, { id, size = 0, metadata, creation_date: began }) {
      const known = coming.get(id);
      coming.delete(id);
      const file = join(directory, id);
      const whole = known?.offset === size;
      const sha256 = whole ? known.hash.digest("hex") : await hashOf(file);
      const seconds = whole ? known.seconds : (Date.now() - Date.parse(began ?? new Date().toISOString())) / 1000;
      const rounded = Math.round(seconds * 1000) / 1000;
      const name = metadata?.filename ?? "file";
      const upload = keepUpload(dataDir, file, { name, bytes: size, sha256, seconds: rounded, by: metadata?.by ?? "" });
      await rm(incomingNote(file), { force: true });
      waiting.get(id)?.(upload);
      return { headers: { "Portal-File": upload.name } };
    },
  });
  return {
    async handle({ method, url, headers, body, by }, came) {
      const id = new URL(url).pathname.split("/").at(-1) ?? "";
      const init: RequestInit & { duplex: "half" } = { method, headers: { ...headers, [BY]: by }, duplex: "half" };
      if (method === "PATCH") {
        waiting.set(id, came);
        init.body = Readable.toWeb(hashing(body, coming.get(id), headers)) as ReadableStream<Uint8Array>;
      }
      try {
        const response = await server.handleWeb(new Request(url, init));
        return { status: response.status, headers: Object.fromEntries(response.headers), text: await response.text() };
      } finally {
        waiting.delete(id);
      }
    },
  };
}

// Hashes what passes, as long as each part begins where the one before it ended.
function hashing(body: Readable, known: Coming | undefined, headers: TusRequest["headers"]): Readable {
  if (known && Number(headers["upload-offset"]) !== known.offset) known.offset = Number.NaN;
  return Readable.from(
    (async function* passed(): AsyncGenerator<Buffer> {
      const from = performance.now();
      const before = known?.seconds ?? 0;
      for await (const chunk of body as AsyncIterable<Buffer>) {
        if (known) {
          known.hash.update(chunk);
          known.offset += chunk.length;
          known.seconds = before + (performance.now() - from) / 1000;
        }
        yield chunk;
      }
    })(),
    { objectMode: false },
  );
}

async function hashOf(path: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  return hash.digest("hex");
}
