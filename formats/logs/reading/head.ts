import { createReadStream } from "node:fs";
import { open } from "node:fs/promises";
import { type Readable, Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGunzip, createZstdDecompress } from "node:zlib";
import { quote } from "../../../connectors/iceberg/names.ts";
import type { Session } from "../../../connectors/spark/session.ts";

/** How much of a file its format is told by; more where its first lines are longer. */
export const HEAD_BYTES = 256 * 1024;

const LINES = 10;
const MOST_BYTES = 16 * HEAD_BYTES;

/** The beginning of a file, unpacked by its first bytes. */
export interface LogHead {
  bytes: Buffer;
  /** Why Spark could not read it, in a sentence. */
  problem?: string;
}

/** Reads the beginning of a file of this machine. */
export async function readLogHead(path: string): Promise<LogHead> {
  return await readHeadOf(path, async () => createReadStream(path));
}

/** The same of a file of that name which can be opened anew, twice where it is packed. */
export async function readHeadOf(name: string, open: () => Promise<Readable>): Promise<LogHead> {
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

/** Reads a part of a file: so many bytes from an offset on. */
export type ReadPart = (offset: number, length: number) => Promise<Buffer>;

const PART_BYTES = HEAD_BYTES / 2;

/**
 * What a file's format is told by: its beginning, and whole lines of its middle and its end, so that a banner does not stand
 * for the rest. A packed file can't be read from the middle: it is told by its beginning.
 */
export async function sampleOf(
  { bytes, problem }: LogHead,
  name: string,
  size: number,
  part: ReadPart,
): Promise<LogHead> {
  const isPacked = PACKED.some(({ ending }) => name.endsWith(ending));
  if (problem || isPacked || size <= bytes.length + 2 * PART_BYTES) return { bytes, ...(problem && { problem }) };
  const others = await Promise.all(
    [Math.floor((size - PART_BYTES) / 2), size - PART_BYTES].map(async offset =>
      wholeLines(await part(offset, PART_BYTES)),
    ),
  );
  // As many lines of each: else a long banner of short lines would be most of the sample.
  const parts = [bytes.subarray(0, bytes.lastIndexOf(10) + 1), ...others].map(part =>
    part.toString("latin1").split("\n"),
  );
  const most = Math.max(FEWEST, Math.min(...parts.map(lines => lines.length - 1)));
  const text = parts.map((lines, i) => (i < 2 ? lines.slice(0, most) : lines.slice(-most - 1, -1)).join("\n"));
  return { bytes: Buffer.from(`${text.join("\n")}\n`, "latin1") };
}

const FEWEST = 50;

/** The same of a file of this machine. */
export async function readSample(path: string, size: number): Promise<LogHead> {
  const head = await readLogHead(path);
  return await sampleOf(head, path, size, async (offset, length) => {
    await using file = await open(path, "r");
    const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, offset);
    return buffer.subarray(0, bytesRead);
  });
}

// The first and the last line of a part are cut.
function wholeLines(part: Buffer): Buffer {
  return part.subarray(part.indexOf(10) + 1, part.lastIndexOf(10) + 1);
}

/** Reads the beginning of a file that only Spark reaches; it unpacks by the name. */
export async function readHeadThrough(session: Session, uri: string): Promise<LogHead> {
  const rows = await session.query(
    `select left(value, 4000) as line from text.${quote(uri)} with (lineSep = '\\n') limit 600`,
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
