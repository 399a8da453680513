import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import type { Dialect, LineEnd } from "./dialect.ts";

/** What a file holds, found by reading all of it once. */
export interface Scan {
  sha256: string;
  bytes: number;
  /** Physical lines; a last one without an end counts. */
  lines: number;
  /** Records with the header; empty lines are none. */
  records: number;
  /** What ends its records; left out where there is only one line, or where both are found. */
  lineEnd?: LineEnd;
  /** The first line that does not end as those before it. */
  mixedEnds?: number;
  /** The line where a quote opens that is never closed. */
  openQuote?: number;
  /** The line with the first byte that no text has. */
  zeroByte?: number;
  /** The line near the first bytes that are no UTF-8, where the file was said to be. */
  notUtf8?: number;
}

/** Who goes along with a scan. */
export interface Companion {
  /** Hears of every record, the header too, from 0: the line and the byte where it begins. */
  record?(record: number, line: number, byte: number): void;
  /** Gets the bytes, piece by piece, once it has heard of all records that begin in them. */
  piece?(bytes: Buffer): void;
}

const [LF, CR] = [10, 13];

/**
 * Reads a file in pieces of a megabyte: its hash, its records by the state of quotes, whether it is text. Records are
 * cut where Spark cuts them: a quote counts only at the start of a field.
 */
export async function scanFile(
  path: string,
  dialect: Pick<Dialect, "delimiter" | "quote" | "encoding">,
  along: Companion = {},
  signal?: AbortSignal,
): Promise<Scan> {
  const hash = createHash("sha256");
  const decoder = dialect.encoding === "UTF-8" ? new TextDecoder("utf-8", { fatal: true }) : undefined;
  const [delimiter, quote] = [dialect.delimiter.charCodeAt(0), dialect.quote.charCodeAt(0)];
  const found: Scan = { sha256: "", bytes: 0, lines: 0, records: 0 };
  let state: "record" | "field" | "plain" | "quoted" | "closed" = "record";
  let line = 1;
  let opened = 1;
  let last = LF;
  let before = 0;
  const read = createReadStream(path, { highWaterMark: 1 << 20, ...(signal && { signal }) });
  for await (const chunk of read as AsyncIterable<Buffer>) {
    hash.update(chunk);
    if (found.zeroByte === undefined && chunk.includes(0)) found.zeroByte = line;
    if (decoder && found.notUtf8 === undefined && !decodes(decoder, chunk)) found.notUtf8 = line;
    let i = found.bytes === 0 && isBom(chunk) ? 3 : 0;
    while (i < chunk.length) {
      if (state === "quoted") {
        // Quotes are few: whatever lies between is only searched for line ends.
        const end = chunk.indexOf(quote, i);
        const stop = end < 0 ? chunk.length : end;
        for (let lf = chunk.indexOf(LF, i); lf >= 0 && lf < stop; lf = chunk.indexOf(LF, lf + 1)) line++;
        if (end >= 0) state = "closed";
        before = quote;
        i = stop + 1;
        continue;
      }
      const byte = chunk[i++]!;
      if (byte === LF) {
        const lineEnd = before === CR ? "CRLF" : "LF";
        if (found.records > 0) {
          found.lineEnd ??= lineEnd;
          if (found.lineEnd !== lineEnd) found.mixedEnds ??= line;
        }
        line++;
        before = LF;
        state = "record";
        continue;
      }
      before = byte;
      if (byte === CR) continue;
      if (state === "record") {
        along.record?.(found.records, line, found.bytes + i - 1);
        found.records++;
      }
      if (byte === delimiter) state = "field";
      else if (byte !== quote || state === "plain") state = "plain";
      else {
        if (state !== "closed") opened = line;
        state = "quoted";
      }
    }
    along.piece?.(chunk);
    found.bytes += chunk.length;
    last = chunk.at(-1) ?? last;
  }
  found.sha256 = hash.digest("hex");
  found.lines = found.bytes === 0 ? 0 : last === LF ? line - 1 : line;
  if (state === "quoted") found.openQuote = opened;
  if (found.mixedEnds !== undefined) delete found.lineEnd;
  return found;
}

/** The lines of some records, by their numbers from 0 without the header: Spark knows only the numbers. */
export async function linesOf(
  path: string,
  dialect: Dialect,
  wanted: ReadonlySet<number>,
): Promise<Map<number, number>> {
  const lines = new Map<number, number>();
  const first = dialect.header ? 1 : 0;
  await scanFile(path, dialect, {
    record(record, line) {
      if (wanted.has(record - first)) lines.set(record - first, line);
    },
  });
  return lines;
}

function isBom(chunk: Buffer): boolean {
  return chunk[0] === 0xef && chunk[1] === 0xbb && chunk[2] === 0xbf;
}

function decodes(decoder: TextDecoder, chunk: Buffer): boolean {
  try {
    decoder.decode(chunk, { stream: true });
    return true;
  } catch {
    return false;
  }
}
