import type { LogLevel } from "./levels.ts";
import { type LogSourceFile, readLogAt } from "./source.ts";

/** A line as it is shown. */
export interface LogLine {
  /** Where it begins, in bytes; where it is cut, the whole of it is there. */
  offset: number;
  /** Counted from 1; absent while the lines before it have not been counted. */
  number?: number;
  /** Without its line end; what is not UTF-8 is �. */
  text: string;
  level?: LogLevel;
  /** It belongs to the record above, as the lines of a stack trace do. */
  continues?: true;
  /** It is longer than what `text` has of it. */
  cut?: true;
}

/** Where a line lies in the file; `end` is where the next one begins. */
export interface ByteSpan {
  offset: number;
  end: number;
}

/** How much of a line is shown, in bytes. */
const MAX_LINE = 16 * 1024;

/** How far the ends of a line are looked for. Beyond that a line is given in pieces. */
const REACH = 1024 * 1024 * 1024;

/** Where the lines of some bytes lie that begin at `offset` in the file. The last one may have no line end. */
export function spansOf(bytes: Buffer, offset: number): ByteSpan[] {
  const spans: ByteSpan[] = [];
  for (let at = 0; at < bytes.length; ) {
    const newline = bytes.indexOf(10, at);
    const end = newline < 0 ? bytes.length : newline + 1;
    spans.push({ offset: offset + at, end: offset + end });
    at = end;
  }
  return spans;
}

/** The text of a line; `bytes` holds it from its first byte to its end, or to where it is cut. */
export function lineText(bytes: Buffer): Pick<LogLine, "text" | "cut"> {
  let end = bytes.length;
  if (bytes[end - 1] === 10) end -= bytes[end - 2] === 13 ? 2 : 1;
  if (end <= MAX_LINE) return { text: bytes.toString("utf8", 0, end) };
  end = MAX_LINE;
  // Not through the middle of a character, if these are characters at all.
  while (end > MAX_LINE - 4 && ((bytes[end] ?? 0) & 0xc0) === 0x80) end -= 1;
  return { text: bytes.toString("utf8", 0, end), cut: true };
}

/** As much of a line as `lineText` needs. */
export async function lineBytes(source: LogSourceFile, { offset, end }: ByteSpan): Promise<Buffer> {
  return await readLogAt(source, offset, Math.min(end - offset, MAX_LINE + 4));
}

/** Where the line begins that holds the byte before `offset`, or `reach` bytes before it if that is too far. */
export async function lineStart(source: LogSourceFile, offset: number, reach = REACH): Promise<number> {
  const furthest = Math.max(0, offset - reach);
  const room = Buffer.allocUnsafeSlow(Math.min(BLOCK, offset - furthest));
  // The byte before `offset` may be the end of the line itself, so it is not looked at.
  for (let end = offset - 1; end > furthest; ) {
    const start = Math.max(furthest, end - BLOCK);
    const newline = (await readLogAt(source, start, end - start, room)).lastIndexOf(10);
    if (newline >= 0) return start + newline + 1;
    end = start;
  }
  return furthest;
}

/** Where the line ends that holds the byte at `offset`, or `reach` bytes after it if that is too far. */
export async function lineEnd(source: LogSourceFile, offset: number, reach = REACH): Promise<number> {
  const furthest = Math.min(source.size, offset + reach);
  const room = Buffer.allocUnsafeSlow(Math.max(0, Math.min(BLOCK, furthest - offset)));
  for (let start = offset; start < furthest; ) {
    const bytes = await readLogAt(source, start, Math.min(BLOCK, furthest - start), room);
    const newline = bytes.indexOf(10);
    if (newline >= 0) return start + newline + 1;
    if (bytes.length === 0) return start;
    start += bytes.length;
  }
  return Math.max(offset, furthest);
}

/**
 * Where the log ends for its readers. In one that grows, a last line without its end is still being written, and is left
 * out unless it is so long that it would keep them waiting.
 */
export async function settledEnd(source: LogSourceFile, { growing = false }: { growing?: boolean }): Promise<number> {
  const { size } = source;
  if (!growing || size === 0 || (await readLogAt(source, size - 1, 1))[0] === 10) return size;
  const start = await lineStart(source, size, MAX_LINE);
  return size - start < MAX_LINE ? start : size;
}

const BLOCK = 256 * 1024;
