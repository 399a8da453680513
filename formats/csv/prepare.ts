import { createHash } from "node:crypto";
import { decoderOf, hasAsciiBytes, WrongByte } from "./bytes/decode.ts";
import { bytesOf, DamagedPacking } from "./bytes/open.ts";
import type { Dialect } from "./dialect.ts";
import { countByParity, type Range } from "./parity.ts";
import { csvReader, type LineEnd } from "./reader.ts";
import { type Preparing, type RecordLayout, recordWriter } from "./record-line.ts";

/** What all of a file holds, found by reading it once. */
export interface Prepared {
  /** Of the bytes as they lie there, packed or not. */
  sha256: string;
  bytes: number;
  /** Physical lines; a last one without an end counts. */
  lines: number;
  /** Records without the header, and those of them that can't be taken. */
  records: number;
  bad: number;
  /** Records without the header by quote parity over bytes. */
  counted: number;
  /** The sum of the numbers of the records that are taken, which Spark finds again. */
  numbers: bigint;
  ends: Record<LineEnd, number>;
  /** Lines that were skipped for the sign that they begin with. */
  remarks: number;
}

/** Why a file can't be read, in a sentence. */
export class UnreadableFile extends Error {
  override name = "UnreadableFile";
}

/**
 * Reads all of a file by the one reader, checks each value, and gives what can be taken in a form that can be read in one
 * way only. Records are counted beside it by a rule of their own; where the two differ it throws.
 */
export async function prepareFile(path: string, layout: RecordLayout, to: Preparing): Promise<Prepared> {
  const { dialect } = layout;
  const passing = { hash: createHash("sha256"), bytes: 0 };
  const decoder = decoderOf(dialect.encoding);
  const ascii = hasAsciiBytes(dialect.encoding);
  const parity = countByParity(dialect);
  const irregular: Range[] = [];
  const take = recordWriter(layout, to);
  let number = dialect.header ? -1 : 0;
  let last = 0;
  const reader = csvReader(dialect, record => {
    last = record.lastLine;
    if (record.irregular) irregular.push([record.line, record.lastLine]);
    if (number >= 0) take.record(record, number);
    else take.header(record);
    number++;
  });
  const push = (text: string) => {
    const zero = text.indexOf("\0");
    if (zero >= 0) {
      reader.push(text.slice(0, zero));
      throw new UnreadableFile(
        `It is no text: there is a zero byte in line ${parityLine(parity, text.slice(0, zero), ascii)}.`,
      );
    }
    reader.push(text);
    if (!ascii) parity.update(Buffer.from(text));
  };
  try {
    for await (const bytes of bytesOf(path, passing, to.signal)) {
      const text = decodeAt(decoder, bytes, parity.lines(), dialect);
      push(text);
      if (ascii) parity.update(bytes);
    }
    push(decodeAt(decoder, undefined, parity.lines(), dialect));
    reader.end();
    take.end();
  } catch (error) {
    if (error instanceof DamagedPacking) throw new UnreadableFile(error.message);
    throw error;
  }
  const records = Math.max(0, number);
  const above = dialect.header && number >= 0 ? 1 : 0;
  const all = irregular.length > 0 ? await countAgain(path, dialect, irregular, to.signal) : parity.end();
  const counted = all - above;
  if (counted !== records)
    throw new UnreadableFile(
      `It has ${counted.toLocaleString("en")} records by its quotes and line ends, and ${records.toLocaleString("en")} were read: its quotes can be read in two ways. Nothing was written.`,
    );
  return {
    sha256: passing.hash.digest("hex"),
    bytes: passing.bytes,
    lines: Math.max(last, parity.lines() + (parity.isInLine() ? 1 : 0)),
    ...{ records, bad: take.bad(), counted, numbers: take.numbers(), ends: reader.ends, remarks: reader.remarks() },
  };
}

function decodeAt(
  decoder: ReturnType<typeof decoderOf>,
  bytes: Buffer | undefined,
  before: number,
  { encoding }: Dialect,
): string {
  try {
    return bytes ? decoder.write(bytes) : decoder.end();
  } catch (error) {
    if (!(error instanceof WrongByte)) throw error;
    const other = encoding === "UTF-8" ? "Windows-1252" : encoding === "ISO-8859-1" ? "Windows-1252" : "UTF-8";
    throw new UnreadableFile(
      `Byte ${error.byte} in line ${before + error.line + 1} is no ${encoding}. Correct that line, or write the encoding that all of it has, such as "encoding": "${other}", into its format.`,
    );
  }
}

function parityLine(parity: ReturnType<typeof countByParity>, text: string, ascii: boolean): number {
  if (ascii || text !== "") parity.update(Buffer.from(text));
  return parity.lines() + 1;
}

// Quotes that mean nothing would spoil the count: their records, by their lines, count as one each.
async function countAgain(
  path: string,
  dialect: Dialect,
  irregular: readonly Range[],
  signal?: AbortSignal,
): Promise<number> {
  const parity = countByParity(dialect, irregular);
  const decoder = hasAsciiBytes(dialect.encoding) ? undefined : decoderOf(dialect.encoding);
  for await (const bytes of bytesOf(path, { hash: createHash("sha256"), bytes: 0 }, signal))
    parity.update(decoder ? Buffer.from(decoder.write(bytes)) : bytes);
  return parity.end();
}

/** What is said of line ends that are not those of most files. */
export function endsInWords(ends: Readonly<Record<LineEnd, number>>): string | undefined {
  const kinds = (Object.keys(ends) as LineEnd[]).filter(end => ends[end] > 0);
  if (kinds.length > 1)
    return `lines end in ${kinds.length} ways: ${kinds.map(kind => `${ends[kind].toLocaleString("en")} with ${kind}`).join(", ")}`;
  return kinds[0] === "CR" || kinds[0] === "CRCRLF" ? `lines end with ${kinds[0]}` : undefined;
}
