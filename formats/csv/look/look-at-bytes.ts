import { decoderOf, findEncoding, WrongByte } from "../bytes/decode.ts";
import { notCsv } from "../bytes/kinds.ts";
import { MOST_COLUMNS } from "../columns.ts";
import { type Dialect, type Encoding, PLAIN_DIALECT } from "../dialect.ts";
import type { CsvRecord, LineEnd } from "../reader.ts";
import { isRule } from "../record-line.ts";
import { decimalMark, type Offer, offerFor } from "../values/offer.ts";
import { doubtsOf } from "./doubts.ts";
import { findShape } from "./find-dialect.ts";
import { findStart } from "./find-header.ts";
import { longDelimiter } from "./long-delimiter.ts";
import { looksLikeHeader } from "./looks-like-header.ts";
import { columnNames } from "./names.ts";
import { sampleRows } from "./rows.ts";

/** What the beginning of a file looks like. */
export interface Sniffed {
  dialect: Dialect;
  /** Names from the header, or column1, column2, …, each with the type that loses nothing of what was looked at. */
  columns: (Offer & { name: string })[];
  /** The first records, without the header. */
  records: (string | null)[][];
  lineEnd: LineEnd | "mixed" | "none";
  bom: boolean;
  /** The lines above the first record. */
  above: string[];
  /** Names of the file that several columns have. */
  twice: string[];
  /** How many records were looked at, and whether these are all. */
  looked: number;
  whole: boolean;
  notes: string[];
  /** What stands in the way of reading it as CSV, in a sentence. `choose` is what a person may say to get further. */
  problem?: string;
  choose?: "encoding";
}

/** What is said of a file beforehand. */
export interface GivenDialect {
  given?: Partial<Dialect>;
  /** Names that a job says the file has. */
  wanted?: readonly string[];
  whole: boolean;
  /** Leaves out what types the columns may have. */
  untyped?: boolean;
  /** Records that are given back. */
  records?: number;
  /** Pieces from further down in the file, each from the beginning of a line. */
  further?: readonly Buffer[];
}

/** Looks at the unpacked bytes of a file. `given` is believed, the rest is found. */
export function lookAtBytes(
  bytes: Buffer,
  { given = {}, wanted = [], whole, records: most = 100, further = [], untyped }: GivenDialect,
): Sniffed {
  const none = (problem: string, choose?: "encoding"): Sniffed => ({
    ...{
      dialect: { ...PLAIN_DIALECT, ...given },
      columns: [],
      records: [],
      lineEnd: "none",
      bom: false,
      above: [],
      twice: [],
    },
    ...{ looked: 0, whole, notes: [], problem, ...(choose && { choose }) },
  });
  if (bytes.length === 0 && !whole) return none("It is damaged or cut off: nothing of it can be unpacked.");
  const other = notCsv(bytes);
  if (other) return none(other);
  const encoding = given.encoding ?? findEncoding(bytes);
  if (!encoding)
    return none(
      `Its encoding can't be told: ${whereNotUtf8(bytes)}, and as Windows-1252 it does not read like words. Say which one it has.`,
      "encoding",
    );
  const { text: all, wrong } = decoded(bytes, encoding, whole);
  const bom = all.startsWith("\uFEFF");
  const text = bom ? all.slice(1) : all;
  if (/^\s*$/.test(text)) return none("The file has nothing but blanks and line ends.");
  const zero = text.indexOf("\0");
  if (zero >= 0)
    return none(
      `It is no text: there is a zero byte in line ${text.slice(0, zero).split(/\r\r\n|\r\n|\r|\n/).length}.`,
    );
  const mark = text.search(/[\x1e\u0085\u2028\u2029]/);
  // Within the values of a file that has line ends they are signs like others; 1E is one in no text.
  if (mark >= 0 && !/[\r\n]/.test(text[mark] === "\x1e" ? text.slice(0, mark) : text))
    return none(
      `Its records end with ${OTHER_ENDS[text[mark] ?? ""]}, and no line ends: replace that sign by line ends.`,
    );
  const top = topOf(text, given);
  const settled = { ...given, ...(top.delimiter && given.delimiter === undefined && { delimiter: top.delimiter }) };
  const shape = findShape(text, { ...settled, preamble: top.lines }, whole);
  const rows = sampleRows(text, { ...shape, preamble: top.lines, comment: given.comment ?? "" }, { whole });
  const long = given.delimiter === undefined ? longDelimiter(rows.records, shape.delimiter) : undefined;
  if (long)
    return none(
      `Its fields seem to be set apart by ${long}, and a delimiter is one sign here: replace it in the file by a sign that no value has, such as a tab. Else say which delimiter it has.`,
    );
  // The last record is cut off where the sample is.
  const wide = rows.records.find(({ fields }) => fields.length > MOST_COLUMNS);
  if (wide)
    return none(
      `Line ${wide.line} has ${wide.fields.length.toLocaleString("en")} fields, and ${MOST_COLUMNS.toLocaleString("en")} columns are the most that are loaded. Is the delimiter right? Else turn the table, or load it in parts.`,
    );
  const start = startOf(rows.records, text, top, { ...given, delimiter: shape.delimiter }, wanted);
  const { preamble, header, trailing, width } = start;
  const comment =
    given.comment ?? (start.commented || preamble === 0 ? "" : commentIn(rows.records, width, top.hashes));
  const dialect: Dialect = { ...shape, header, encoding, preamble, trailing, comment };
  const own = rows.records.filter(
    ({ line, text: one }) => line > preamble && (comment === "" || !one.startsWith(comment)),
  );
  const fields = start.names ?? own[0]?.fields ?? [];
  const { names, notes, twice } = header
    ? columnNames(fields)
    : { names: Array.from({ length: width }, (_, i) => `column${i + 1}`), notes: [], twice: [] };
  const data = (header ? own.slice(1) : own).filter(({ problem }) => problem === undefined);
  const right = data.filter(
    one =>
      !(header && one === data[0] && isRule(one.fields)) &&
      (one.fields.length === names.length || (trailing && one.fields.length === names.length + 1)),
  );
  const values = [...right, ...further.flatMap(piece => recordsIn(piece, dialect, names.length))];
  return {
    dialect,
    columns: untyped ? names.map(name => ({ name, type: "string" })) : offers(names, values, dialect, whole),
    records: (header ? own.slice(1) : own).slice(0, most).map(one => one.fields.slice(0, Math.max(names.length, 1))),
    lineEnd: lineEndOf(rows.ends),
    bom,
    above: text.split(/\r\r\n|\r\n|\r|\n/, preamble).map(line => line.slice(0, 200)),
    twice,
    looked: data.length,
    whole,
    notes: [
      ...notes,
      ...(wrong ? [wrong] : []),
      ...doubtsOf(header ? own.slice(1) : own, values, whole || further.length > 0),
    ],
  };
}

function whereNotUtf8(bytes: Buffer): string {
  try {
    decoderOf("UTF-8").write(bytes);
  } catch (error) {
    if (error instanceof WrongByte) return `byte ${error.byte} in line ${error.line + 1} is no UTF-8`;
  }
  return "it is not UTF-8";
}

function decoded(bytes: Buffer, encoding: Encoding, whole: boolean): { text: string; wrong?: string } {
  try {
    const decoder = decoderOf(encoding);
    const text = decoder.write(bytes);
    return { text: whole ? text + decoder.end() : text };
  } catch (error) {
    if (!(error instanceof WrongByte)) throw error;
    const decoder = decoderOf(encoding, true);
    return { text: decoder.write(bytes), wrong: `byte ${error.byte} in line ${error.line + 1} is not of ${encoding}` };
  }
}

interface Top {
  lines: number;
  /** Lines that begin with #. */
  hashes: number;
  delimiter?: string;
}

// What may stand above all: Excel's word for the delimiter, and remarks.
function topOf(text: string, { preamble }: Partial<Dialect>): Top {
  const [, sign] = /^"?sep=([^\r\n])"?[ \t]*(?:[\r\n]|$)/i.exec(text) ?? [];
  const lines = text.slice(0, 1 << 16).split(/\r\r\n|\r\n|\r|\n/);
  const from = sign ? 1 : 0;
  let hashes = 0;
  // Where every line begins with the sign it belongs to the values: #1001.
  const hasOthers = /^(?!#|"?sep=)[^\r\n]/im.test(text);
  while (hasOthers && lines[from + hashes]?.startsWith("#") && from + hashes < lines.length - 1) hashes++;
  return {
    lines: preamble ?? from + hashes,
    hashes: preamble === undefined ? hashes : 0,
    ...(sign && { delimiter: sign }),
  };
}

// The header may be the last of the remarks: #id,name,price.
function startOf(
  records: readonly CsvRecord[],
  text: string,
  top: Top,
  given: Partial<Dialect>,
  wanted: readonly string[],
): ReturnType<typeof findStart> & { commented?: true } {
  const start = findStart(records, { ...given, preamble: given.preamble ?? undefined }, wanted);
  const preamble = Math.max(start.preamble, top.lines);
  if (top.hashes === 0 || given.header === false || start.preamble > top.lines) return { ...start, preamble };
  const line = text.split(/\r\r\n|\r\n|\r|\n/, top.lines)[top.lines - 1] ?? "";
  const fields = line.replace(/^#\s*/, "").split(records[0]?.fields.length === 1 ? "\0" : delimiterOf(line, records));
  const [first] = records;
  const isNames = first && fields.length >= 2 && fields.length === first.fields.length;
  const hasHeader = looksLikeHeader(records) && first?.fields.every(field => !/^\d+$/.test(field ?? ""));
  if (!isNames || hasHeader || !looksLikeHeader([{ ...first, fields, quoted: 0 }, ...records]))
    return { ...start, preamble };
  return { ...start, preamble: top.lines - 1, header: true, width: fields.length, names: fields, commented: true };
}

function delimiterOf(line: string, [first]: readonly CsvRecord[]): string {
  return [",", ";", "\t", "|"].find(sign => line.split(sign).length === first?.fields.length) ?? ",";
}

function commentIn(records: readonly CsvRecord[], width: number, hashes: number): string {
  const marked = records.filter(({ text }) => text.startsWith("#"));
  // One that has all fields may be a record, and a record is never skipped.
  return hashes > 0 && marked.length > 0 && marked.every(({ fields }) => fields.length !== width) ? "#" : "";
}

function recordsIn(piece: Buffer, dialect: Dialect, width: number): CsvRecord[] {
  const text = decoderOf(dialect.encoding, true).write(piece);
  const { records } = sampleRows(text, { ...dialect, preamble: 0 }, { whole: false });
  return records.filter(({ fields, problem }) => problem === undefined && fields.length === width);
}

function offers(
  names: readonly string[],
  records: readonly CsvRecord[],
  { delimiter, escape: escaping }: Dialect,
  whole: boolean,
): Sniffed["columns"] {
  const columns = names.map((_, at) => records.map(({ fields }) => fields[at] ?? null));
  const marks = new Set(columns.map(decimalMark).filter(mark => mark !== undefined));
  const decimal = marks.size === 1 ? [...marks][0] : undefined;
  return names.map((name, at) => {
    const offer = offerFor(columns[at] ?? [], { delimiter, decimal, whole });
    return { name, ...offer, ...(escaping !== "double" && offer.nulls?.join() === "\\N" && { nulls: undefined }) };
  });
}

function lineEndOf(ends: Readonly<Record<LineEnd, number>>): Sniffed["lineEnd"] {
  const kinds = (Object.keys(ends) as LineEnd[]).filter(end => ends[end] > 0);
  return kinds.length > 1 ? "mixed" : (kinds[0] ?? "none");
}

const OTHER_ENDS: Readonly<Record<string, string>> = {
  "\x1e": "the control sign 1E",
  "\u0085": "the sign NEL (U+0085)",
  "\u2028": "the sign LS (U+2028)",
  "\u2029": "the sign PS (U+2029)",
};
