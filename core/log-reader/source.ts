import type { FileHandle } from "node:fs/promises";
import { type OpenedFile, openRegular } from "../store/served.ts";

/** A log by its path, or one that is open already and stays so. */
export type OpenLog = string | OpenedFile;

/** A log while it is read. `size` is what it was when reading began; `file` tells a log from one that took its place. */
export interface LogSourceFile {
  handle: FileHandle;
  path: string;
  size: number;
  file: string;
}

/** Reads of a log within `run`, all from one opening, so that a log which is replaced meanwhile is not mixed with another. */
export async function reading<T>(log: OpenLog, run: (source: LogSourceFile) => Promise<T>): Promise<T> {
  if (typeof log !== "string") return await run(await sourceOf(log));
  await using opened = await openRegular(log);
  return await run(await sourceOf(opened));
}

/** The bytes from `offset` on, fewer than `length` only at the end of the file. Uses the room of `into` if it is given. */
export async function readLogAt(source: LogSourceFile, offset: number, length: number, into?: Buffer): Promise<Buffer> {
  const buffer = into ?? Buffer.allocUnsafeSlow(Math.max(0, length));
  let filled = 0;
  while (filled < length) {
    const { bytesRead } = await source.handle.read(buffer, filled, length - filled, offset + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return buffer.subarray(0, filled);
}

async function sourceOf({ handle, path }: OpenedFile): Promise<LogSourceFile> {
  const { size, dev, ino, birthtimeMs } = await handle.stat();
  // A new file may get the number of one that has just gone.
  return { handle, path, size, file: `${dev}:${ino}:${birthtimeMs}` };
}
