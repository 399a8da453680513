import type { Hash } from "node:crypto";
import { createReadStream } from "node:fs";
import { Readable, type Transform } from "node:stream";
import { createGunzip, createZstdDecompress } from "node:zlib";

/** How a file is packed, by its first bytes; both are read as if they were not. */
export type Packing = "gzip" | "zstd";

/** The packing that a file has. */
function packingOf(head: Buffer): Packing | undefined {
  if (head[0] === 0x1f && head[1] === 0x8b) return "gzip";
  return head.length >= 4 && head.readUInt32LE(0) === 0xfd2fb528 ? "zstd" : undefined;
}

/** The first unpacked bytes of a file, so many at most, and whether that is all of it. */
export async function beginningOf(
  path: string,
  most: number,
): Promise<{ bytes: Buffer; whole: boolean; packing?: Packing }> {
  return await gather(createReadStream(path, { highWaterMark: 1 << 20 }), most);
}

/** The same of the first packed bytes of a file that lies elsewhere. */
export async function beginningIn(bytes: Buffer, isWhole: boolean, most: number): ReturnType<typeof beginningOf> {
  const found = await gather(Readable.from([bytes]), most);
  return { ...found, whole: found.whole && isWhole };
}

async function gather(stream: Readable, most: number): ReturnType<typeof beginningOf> {
  const pieces: Buffer[] = [];
  let length = 0;
  let packing: Packing | undefined;
  let cut = false;
  try {
    for await (const piece of unpacked(stream, found => {
      packing = found;
    })) {
      pieces.push(piece);
      length += piece.length;
      if (length > most) break;
    }
  } catch (error) {
    // The beginning of a packed file ends in the middle of its packing.
    if (!(error instanceof DamagedPacking)) throw error;
    cut = true;
  }
  const bytes = Buffer.concat(pieces);
  return { bytes: bytes.subarray(0, most), whole: !cut && length <= most, ...(packing && { packing }) };
}

/** What was packed can't be unpacked. */
export class DamagedPacking extends Error {
  override name = "DamagedPacking";
}

/** The unpacked bytes of a file in pieces of a megabyte or less; its own bytes are hashed and counted on the way. */
export async function* bytesOf(
  path: string,
  passing: { hash: Hash; bytes: number },
  signal?: AbortSignal,
): AsyncGenerator<Buffer> {
  const stream = createReadStream(path, { highWaterMark: 1 << 20, ...(signal && { signal }) });
  const hashing = async function* () {
    for await (const piece of stream as AsyncIterable<Buffer>) {
      passing.hash.update(piece);
      passing.bytes += piece.length;
      yield piece;
    }
  };
  yield* unpacked(hashing(), () => undefined);
}

async function* unpacked(stream: AsyncIterable<Buffer>, onPacking: (found: Packing) => void): AsyncGenerator<Buffer> {
  let first: Buffer | undefined;
  const pieces = stream[Symbol.asyncIterator]();
  const begin = await pieces.next();
  if (begin.done) return;
  first = begin.value;
  const all = async function* () {
    if (first) yield first;
    first = undefined;
    for (let next = await pieces.next(); !next.done; next = await pieces.next()) yield next.value;
  };
  const packing = packingOf(first);
  if (!packing) return yield* all();
  onPacking(packing);
  try {
    yield* packing === "gzip" ? through(all(), createGunzip({ chunkSize: 1 << 20 })) : zstdFrames(all());
  } catch (error) {
    const { code = "" } = error as NodeJS.ErrnoException;
    if (/^(Z_|ZSTD|ERR_ZSTD|ERR_ZLIB)/.test(code) || /zstd|unexpected end/i.test((error as Error).message))
      throw new DamagedPacking(`It is packed with ${packing}, and damaged or cut off: ${(error as Error).message}.`);
    throw error;
  }
}

async function* through(packed: AsyncIterable<Buffer>, unpack: Transform): AsyncGenerator<Buffer> {
  const source = Readable.from(packed, { objectMode: false, highWaterMark: 1 << 20 });
  source.on("error", error => unpack.destroy(error));
  try {
    yield* source.pipe(unpack) as AsyncIterable<Buffer>;
  } finally {
    source.destroy();
    unpack.destroy();
  }
}

// Files are packed in several frames one behind another (pzstd, cat), and Node stops behind one that ends within a piece.
async function* zstdFrames(packed: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const pieces = packed[Symbol.asyncIterator]();
  let coming: Promise<IteratorResult<Buffer>> | undefined;
  let isOver = false;
  let rest: Buffer[] = [];
  while (!isOver || rest.length > 0) {
    const unpack = createZstdDecompress({ chunkSize: 1 << 20 });
    const frame = { given: [] as Buffer[], taken: 0, ended: false };
    // Keeps what the decompressor has not taken yet.
    const drop = () => {
      for (
        let [first] = frame.given;
        first && frame.taken + first.length <= unpack.bytesWritten;
        [first] = frame.given
      ) {
        frame.taken += first.length;
        frame.given.shift();
      }
    };
    const begun = rest;
    const more = async function* () {
      for (const piece of begun) yield piece;
      while (!frame.ended) {
        coming ??= pieces.next();
        const next = await coming;
        // The frame may have ended meanwhile: the piece is of the next one.
        if (frame.ended) return;
        coming = undefined;
        isOver = next.done === true;
        if (next.done) return;
        drop();
        frame.given.push(next.value);
        yield next.value;
      }
    };
    frame.given.push(...begun);
    yield* through(more(), unpack);
    frame.ended = true;
    drop();
    const [first, ...others] = frame.given;
    rest = first ? [first.subarray(unpack.bytesWritten - frame.taken), ...others] : [];
  }
}
