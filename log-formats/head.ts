import { createReadStream } from "node:fs";
import { type Readable, Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGunzip, createZstdDecompress } from "node:zlib";
import type { Session } from "../spark/session.ts";
import { quote } from "../tables/names.ts";

/** How much of a file its format is told by; more where its first lines are longer. */
export const HEAD_BYTES = 256 * 1024;

const LINES = 10;
const MOST_BYTES = 16 * HEAD_BYTES;

/** The beginning of a file, unpacked by its first bytes. */
export interface Head {
  bytes: Buffer;
  /** Why Spark could not read it, in a sentence. */
  problem?: string;
}

/** Reads the beginning of a file of this machine. */
export async function readHead(path: string): Promise<Head> {
  return await readHeadOf(path, async () => createReadStream(path));
}

/** The same of a file of that name which can be opened anew, twice where it is packed. */
export async function readHeadOf(name: string, open: () => Promise<Readable>): Promise<Head> {
  const bytes = await beginning(await open());
  const packed = PACKED.find(({ magic }) => bytes.subarray(0, magic.length).equals(magic));
  const named = PACKED.find(({ ending }) => name.endsWith(ending));
  if (packed && packed !== named)
    return {
      bytes,
      problem: `It is packed with ${packed.name}, but its name does not end in ${packed.ending}: rename it.`,
    };
  if (named && !packed && bytes.length > 0)
    return { bytes, problem: `Its name ends in ${named.ending}, but it is not packed with ${named.name}: rename it.` };
  if (!packed) return { bytes };
  try {
    return { bytes: await beginning(await open(), packed.unpack()) };
  } catch (error) {
    return { bytes: Buffer.alloc(0), problem: `It can't be unpacked: ${(error as Error).message}.` };
  }
}

/** Reads the beginning of a file that only Spark reaches; it unpacks by the name. */
export async function readHeadThrough(session: Session, uri: string): Promise<Head> {
  const rows = await session.query(
    `select left(value, 4000) as line from text.${quote(uri)} with (lineSep = '\\n') limit 200`,
  );
  return { bytes: Buffer.from(rows.map(row => `${row.line}\n`).join("")) };
}

const PACKED = [
  { name: "gzip", ending: ".gz", magic: Buffer.from([0x1f, 0x8b]), unpack: () => createGunzip() },
  {
    name: "Zstandard",
    ending: ".zst",
    magic: Buffer.from([0x28, 0xb5, 0x2f, 0xfd]),
    unpack: () => createZstdDecompress(),
  },
];

async function beginning(file: Readable, unpack?: ReturnType<(typeof PACKED)[number]["unpack"]>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  let lines = 0;
  const enough = new AbortController();
  const sink = new Writable({
    write(chunk: Buffer, _encoding, done) {
      chunks.push(chunk);
      size += chunk.length;
      for (let at = chunk.indexOf(10); at >= 0 && lines < LINES; at = chunk.indexOf(10, at + 1)) lines += 1;
      if (size >= (lines < LINES ? MOST_BYTES : HEAD_BYTES)) enough.abort();
      done();
    },
  });
  const { signal } = enough;
  const done = unpack ? pipeline(file, unpack, sink, { signal }) : pipeline(file, sink, { signal });
  await done.catch(error => {
    if (!signal.aborted) throw error;
  });
  return Buffer.concat(chunks).subarray(0, lines < LINES ? MOST_BYTES : HEAD_BYTES);
}
