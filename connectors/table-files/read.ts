import { existsSync } from "node:fs";
import { open } from "node:fs/promises";
import type { Settings } from "../../core/settings.ts";
import { HdfsError } from "../hdfs/errors.ts";
import type { Hdfs } from "../hdfs/webhdfs.ts";
import { openHdfs } from "../hdfs/webhdfs.ts";
import type { Session } from "../spark/session.ts";

/** A file of a table is not there any more: the source has expired it meanwhile. */
export class FileGone extends Error {
  override name = "FileGone";
  constructor(file: string, options?: ErrorOptions) {
    super(`${file} is not there any more: it was removed at the source while it was copied.`, options);
  }
}

/** Reads so many bytes of a file from an offset on. Throws FileGone where the file is not there. */
export type ReadFilePart = (file: string, offset: number, length: number, signal: AbortSignal) => Promise<Buffer>;

/** How the files below a table's location are read from here, and by which way. */
export interface TableFiles {
  by: "this machine's disk" | "WebHDFS" | "Spark";
  read: ReadFilePart;
}

/** The nearest way to the files below a location: the disk, WebHDFS, else Spark's own file systems, which reach all that it does. */
export function tableFiles(location: string, session: Session, settings: Settings): TableFiles {
  const local = localPath(location);
  if (local && existsSync(local)) return { by: "this machine's disk", read: fromDisk };
  const hdfs = hdfsOf(location, settings);
  if (hdfs) return { by: "WebHDFS", read: fromHdfs(hdfs) };
  return { by: "Spark", read: inWindows(fromSpark(session)) };
}

/** Where a file of `file:` lies on this machine's disk; undefined for all else. */
export function localPath(file: string): string | undefined {
  // Iceberg writes paths as they are, without the escapes of a URL.
  return /^file:\/*(\/.*)$/s.exec(file)?.[1];
}

async function fromDisk(file: string, offset: number, length: number): Promise<Buffer> {
  const path = localPath(file);
  if (!path) throw new Error(`${file} does not lie on this machine's disk.`);
  const handle = await open(path).catch((error: NodeJS.ErrnoException) => {
    throw error.code === "ENOENT" ? new FileGone(file, { cause: error }) : error;
  });
  try {
    const buffer = Buffer.allocUnsafe(length);
    let at = 0;
    while (at < length) {
      const { bytesRead } = await handle.read(buffer, at, length - at, offset + at);
      if (bytesRead === 0) break;
      at += bytesRead;
    }
    return buffer.subarray(0, at);
  } finally {
    await handle.close();
  }
}

function hdfsOf(location: string, settings: Settings): Hdfs | undefined {
  if (!location.startsWith("hdfs:")) return undefined;
  try {
    return openHdfs(settings);
  } catch {
    return undefined; // none is set
  }
}

function fromHdfs(hdfs: Hdfs): ReadFilePart {
  return async (file, offset, length) => {
    const path = file.replace(/^hdfs:\/\/[^/]*/, "").replace(/^hdfs:/, "");
    try {
      return await hdfs.part(path, offset, length);
    } catch (error) {
      if (error instanceof HdfsError && error.exception === "FileNotFoundException")
        throw new FileGone(file, { cause: error });
      throw error;
    }
  };
}

const WINDOW = 32 * 1024 * 1024;
const PIECE = 2 * 1024 * 1024;

// Spark reads a whole file to return any part of it, so parts are requested in large windows and cached.
function inWindows(read: ReadFilePart): ReadFilePart {
  const windows = new Map<string, { from: number; bytes: Buffer }>();
  return async (file, offset, length, signal) => {
    const known = windows.get(file);
    if (known && offset >= known.from && offset + length <= known.from + known.bytes.length) {
      if (offset + length === known.from + known.bytes.length) windows.delete(file);
      return known.bytes.subarray(offset - known.from, offset - known.from + length);
    }
    const bytes = await read(file, offset, Math.max(WINDOW, length), signal);
    if (bytes.length > length) windows.set(file, { from: offset, bytes });
    return bytes.subarray(0, length);
  };
}

// Requests a part in several rows, since a row must fit into one message.
function fromSpark(session: Session): ReadFilePart {
  return async (file, offset, length, signal) => {
    const last = Math.ceil(length / PIECE) - 1;
    const sql = `select piece, substring(content, ${offset + 1} + piece * ${PIECE}, least(${PIECE}, ${length} - piece * ${PIECE})) as bytes
      from files lateral view explode(sequence(0, ${last})) as piece order by piece`;
    signal.throwIfAborted();
    const rows = await session.queryFiles(sql, { format: "binaryFile", paths: [file] }).catch(error => {
      throw /PATH_NOT_FOUND|FileNotFound|does not exist/.test(`${error?.errorClass} ${error?.message}`)
        ? new FileGone(file, { cause: error })
        : error;
    });
    return Buffer.concat(rows.map(row => Buffer.from(row.bytes as Uint8Array)));
  };
}
