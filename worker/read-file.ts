import { createHash } from "node:crypto";
import { closeSync, constants, fstatSync, openSync, readFileSync, type Stats } from "node:fs";

/** A job file is at most this long. */
export const MAX_BYTES = 1024 ** 2;

/** The bytes of a file in queue/, the state they were read in, and their SHA-256. */
export interface Bytes {
  bytes: Buffer;
  stats: Stats;
  sha256: string;
}

/** Reads a regular file, and never what a link or a pipe of its name leads to. Undefined when it has gone. */
export function readRegular(path: string): Bytes | undefined {
  const descriptor = open(path);
  if (descriptor === undefined) return undefined;
  try {
    const stats = fstatSync(descriptor);
    if (!stats.isFile() || stats.size > MAX_BYTES) return undefined;
    const bytes = readFileSync(descriptor);
    return { bytes, stats, sha256: createHash("sha256").update(bytes).digest("hex") };
  } finally {
    closeSync(descriptor);
  }
}

function open(path: string): number | undefined {
  try {
    return openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (error) {
    if (["ENOENT", "ELOOP"].includes((error as NodeJS.ErrnoException).code ?? "")) return undefined;
    throw error;
  }
}
