import { type ByteSpan, type LogLine, lineBytes, lineEnd, lineStart, lineText, settledEnd, spansOf } from "./lines.ts";
import { lineToOffset, numbersAt } from "./numbers.ts";
import { ranking } from "./search-lines.ts";
import { type LogSourceFile, type OpenLog, reading, readLogAt } from "./source.ts";

export type { LogLine } from "./lines.ts";
export { lineToOffset } from "./numbers.ts";

/** Lines of a log that stand together. `start` and `end` are bytes: what is before and after begins there. */
export interface LogWindow {
  lines: LogLine[];
  start: number;
  end: number;
  /** The log's size when it was read, in bytes. */
  size: number;
  /** The number of the first line, counted from 1; absent while the lines before it have not been counted. */
  firstLine?: number;
  atStart: boolean;
  atEnd: boolean;
  /** Tells this log from another that takes its place under the same name. */
  file: string;
}

/** How much is wanted; `growing` keeps a last line back that has no end yet. */
export interface WindowOptions {
  lines?: number;
  maxBytes?: number;
  growing?: boolean;
}

/** Where a window lies: from an offset on, up to an offset, or from a line on. Without any of them, at the end. */
export interface LogPosition {
  from?: number;
  before?: number;
  line?: number;
}

/** The end of a log. */
export async function lastWindow(log: OpenLog, options: WindowOptions = {}): Promise<LogWindow> {
  return await reading(log, async source => {
    const limit = await settledEnd(source, options);
    return await windowBefore(source, limit, limit, options);
  });
}

/** A part of a log. It always moves on: the next one begins at `end`, the one before it ends at `start`. */
export async function windowAt(log: OpenLog, options: LogPosition & WindowOptions): Promise<LogWindow> {
  const { before, line } = options;
  const from = line === undefined ? options.from : await lineToOffset(log, line);
  if (from === undefined && before === undefined) return await lastWindow(log, options);
  return await reading(log, async source => {
    const limit = await settledEnd(source, options);
    return from === undefined
      ? await windowBefore(source, within(before ?? limit, limit), limit, options)
      : await windowAfter(source, within(from, limit), limit, options);
  });
}

/** What was appended since an offset. */
export interface Appended extends LogWindow {
  /** So many bytes were left out, because more than `maxBytes` had come. */
  dropped?: number;
  /** The log was cut off or replaced: this is its new beginning. */
  replaced?: true;
}

/** What was appended to a log since `from`, in whole lines. `file` is that of the window before. */
export async function followLog(
  log: OpenLog,
  from: number,
  options: { maxBytes?: number; growing?: boolean; file?: string } = {},
): Promise<Appended> {
  const { maxBytes = 512 * 1024, growing = true, file } = options;
  return await reading(log, async source => {
    const replaced = from > source.size || (file !== undefined && file !== source.file);
    const limit = await settledEnd(source, { growing });
    const wanted = replaced ? 0 : within(from, limit);
    const start = limit - wanted > maxBytes ? await lineEnd(source, limit - maxBytes, maxBytes) : wanted;
    const window = await windowAfter(source, Math.min(start, limit), limit, {
      lines: Number.POSITIVE_INFINITY,
      maxBytes,
    });
    return { ...window, ...(start > wanted && { dropped: start - wanted }), ...(replaced && { replaced }) };
  });
}

async function windowBefore(
  source: LogSourceFile,
  end: number,
  limit: number,
  options: WindowOptions,
): Promise<LogWindow> {
  const { lines = LINES, maxBytes = MAX_BYTES } = options;
  for (let reach = Math.min(FIRST_READ, maxBytes); ; reach = Math.min(reach * 4, maxBytes)) {
    const base = Math.max(0, end - reach);
    const bytes = await readLogAt(source, base, end - base);
    const spans = spansOf(bytes, base).slice(base === 0 ? 0 : 1);
    if (spans.length < lines && base > 0 && reach < maxBytes) continue;
    if (spans.length > 0 || base === 0) return await windowOf(source, spans.slice(-lines), end, limit, { bytes, base });
    return await windowOf(source, [{ offset: await lineStart(source, end), end }], end, limit);
  }
}

async function windowAfter(
  source: LogSourceFile,
  from: number,
  limit: number,
  options: WindowOptions,
): Promise<LogWindow> {
  const { lines = LINES, maxBytes = MAX_BYTES } = options;
  for (let reach = Math.min(FIRST_READ, maxBytes); ; reach = Math.min(reach * 4, maxBytes)) {
    const length = Math.min(reach, limit - from);
    const bytes = await readLogAt(source, from, length);
    const isAll = length === limit - from || bytes.length < length;
    const spans = spansOf(isAll ? bytes : bytes.subarray(0, bytes.lastIndexOf(10) + 1), from);
    if (spans.length < lines && !isAll && reach < maxBytes) continue;
    if (spans.length > 0 || isAll)
      return await windowOf(source, spans.slice(0, lines), from, limit, { bytes, base: from });
    return await windowOf(source, [{ offset: from, end: await lineEnd(source, from) }], from, limit);
  }
}

// `read` holds every span; a line that is alone and longer than all that was read is read here.
async function windowOf(
  source: LogSourceFile,
  spans: ByteSpan[],
  at: number,
  limit: number,
  read?: { bytes: Buffer; base: number },
): Promise<LogWindow> {
  const start = spans[0]?.offset ?? at;
  const end = spans.at(-1)?.end ?? at;
  const [first] = (await numbersAt(source, [start])) ?? [];
  const lines: LogLine[] = [];
  let rank: Awaited<ReturnType<typeof ranking>> | undefined;
  for (const [index, span] of spans.entries()) {
    const own = read
      ? read.bytes.subarray(span.offset - read.base, span.end - read.base)
      : await lineBytes(source, span);
    const line = lineText(own);
    rank ??= await ranking(source, start, line.text);
    const number = first === undefined ? {} : { number: first + index };
    lines.push({ offset: span.offset, ...number, ...line, ...rank(line.text) });
  }
  const { size, file } = source;
  const number = first === undefined ? {} : { firstLine: first };
  return { lines, start, end, size, ...number, atStart: start === 0, atEnd: end >= limit, file };
}

function within(offset: number, limit: number): number {
  return Math.min(Math.max(0, Math.trunc(offset)), limit);
}

const LINES = 500;
const MAX_BYTES = 2 * 1024 * 1024;
const FIRST_READ = 64 * 1024;
