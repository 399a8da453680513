import { closeSync, openSync, readSync } from "node:fs";
import papaparse from "papaparse";
import { type Dialect, type Encoding, PLAIN } from "./dialect.ts";
import { guessType } from "./guess.ts";

/** What the beginning of a file looks like. */
export interface Sniffed {
  dialect: Dialect;
  /** Names from the header, or column1, column2, … */
  columns: { name: string; type: string }[];
  /** The first records, without the header. */
  records: string[][];
  lineEnd: "LF" | "CRLF" | "none";
  bom: boolean;
  /** What stands in the way of reading it as CSV, in a sentence. */
  problem?: string;
}

/** How much of a file is looked at. */
export const SAMPLE = 512 * 1024;
const LOOKED_AT = 1000;
const DELIMITERS = [",", ";", "\t", "|"];

/** Looks at the first half megabyte of a file: how it is written and what its columns seem to be. `given` is believed. */
export function sniffFile(path: string, given: Partial<Dialect> = {}): Sniffed {
  return sniffBytes(beginning(path), given);
}

/** The same of the first bytes of a file. */
export function sniffBytes(bytes: Buffer, given: Partial<Dialect> = {}, records = 100): Sniffed {
  const whole = bytes.length < SAMPLE;
  const bom = bytes.subarray(0, 3).equals(BOM);
  const body = bom ? bytes.subarray(3) : bytes;
  const problem = problemOf(bytes);
  if (problem) return { dialect: { ...PLAIN, ...given }, columns: [], records: [], lineEnd: "none", bom, problem };
  const encoding = given.encoding ?? (isUtf8(body) ? "UTF-8" : "ISO-8859-1");
  const text = decoded(body, encoding);
  const quote = given.quote ?? '"';
  const options = { delimiter: given.delimiter ?? "", delimitersToGuess: DELIMITERS, quoteChar: quote };
  const parsed = papaparse.parse<string[]>(text, { ...options, skipEmptyLines: true, preview: LOOKED_AT + 1 });
  // The last record may have been cut off by the end of the sample.
  const rows = whole || parsed.data.length > LOOKED_AT ? parsed.data : parsed.data.slice(0, -1);
  const header = given.header ?? looksLikeHeader(rows);
  const data = header ? rows.slice(1) : rows;
  const names = header ? (rows[0] ?? []) : (rows[0] ?? []).map((_, i) => `column${i + 1}`);
  return {
    dialect: { delimiter: parsed.meta.delimiter || ",", quote, header, encoding },
    columns: names.map((name, i) => ({ name: name.trim(), type: guessType(data.map(row => row[i] ?? "")) })),
    records: data.slice(0, records),
    lineEnd: text.includes("\r\n") ? "CRLF" : text.includes("\n") ? "LF" : "none",
    bom,
  };
}

const BOM = Buffer.from([0xef, 0xbb, 0xbf]);

function beginning(path: string): Buffer {
  const file = openSync(path, "r");
  try {
    const buffer = Buffer.alloc(SAMPLE);
    return buffer.subarray(0, readSync(file, buffer, 0, SAMPLE, 0));
  } finally {
    closeSync(file);
  }
}

function problemOf(bytes: Buffer): string | undefined {
  if (bytes.length === 0) return "The file is empty.";
  if ((bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff))
    return "The file is written in UTF-16, which is not read here: save it as UTF-8.";
  if (bytes.includes(0)) return "The file is no text: it has zero bytes.";
  return undefined;
}

// The last character of the sample may be cut in two.
function isUtf8(bytes: Buffer): boolean {
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(bytes, { stream: true });
    return true;
  } catch {
    return false;
  }
}

function decoded(bytes: Buffer, encoding: Encoding): string {
  return encoding === "UTF-8" ? bytes.toString("utf8") : bytes.toString("latin1");
}

// Names are told from values: all there, all different, none a number or a date.
function looksLikeHeader(rows: readonly string[][]): boolean {
  const [first = []] = rows;
  const names = first.map(name => name.trim());
  return (
    new Set(names).size === names.length &&
    names.every(name => name !== "" && name.length <= 128 && guessType([name]) === "string")
  );
}
