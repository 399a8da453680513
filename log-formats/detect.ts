import type { LogFormat } from "./format.ts";

/** What a file seems to be. */
export interface Detected {
  /** Absent where no format fits, or the file can't be read as text at all. */
  format?: LogFormat;
  /** How many of the first lines fit, from 0 to 1. */
  sure: number;
  /** Why it is taken for that, or what stands in the way, in a sentence. */
  why: string;
  /** Nothing to read: the file is empty, or it is no text. `why` says so. */
  unreadable?: true;
}

/**
 * Finds the format of a file from its beginning (unpacked, see head.ts). `asked` narrows it: `auto`, a name of NAMES or of
 * one of `patterns`, which are tried before all others.
 */
export function detect(
  _head: Buffer,
  _name: string,
  _options: { asked?: string; patterns?: readonly LogFormat[] } = {},
): Detected {
  throw new Error("not yet");
}
