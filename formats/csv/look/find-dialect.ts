import { type Dialect, type Escape, PLAIN_DIALECT } from "../dialect.ts";
import { sampleRows, usualWidth } from "./rows.ts";

/** What is told by the text alone: all but the encoding, the header and what stands above it. */
export type DialectShape = Pick<Dialect, "delimiter" | "quote" | "escape" | "blanks">;

const CONTROLS = ["\x01", "\x02", "\x07", "\x1c", "\x1d", "\x1f"];
const DELIMITERS = [",", ";", "\t", "|", ...CONTROLS, "^", "~", ":", " "];

/** How much of the text is tried, in characters; each way of reading reads it once. */
const TRIED = 128 * 1024;

/** Finds the way of reading under which most records have the same number of fields and none has broken quotes. */
export function findShape(text: string, given: Partial<Dialect>, whole: boolean): DialectShape {
  const comment = given.comment ?? "";
  const tried = text.length > TRIED ? text.slice(0, TRIED) : text;
  const isAll = whole && tried.length === text.length;
  const ways = waysOf(tried, given);
  let best: { shape: DialectShape; score: number } | undefined;
  for (const shape of ways) {
    const preamble = given.preamble ?? 0;
    let { records } = sampleRows(tried, { ...shape, preamble, comment }, { whole: isAll, most: 1000 });
    if (records.length === 0)
      ({ records } = sampleRows(tried, { ...shape, preamble, comment }, { whole: true, most: 1000 }));
    const score = scoreOf(records, shape);
    if (!best || score > best.score + 1e-9) best = { shape, score };
  }
  return best?.shape ?? PLAIN_DIALECT;
}

function waysOf(text: string, given: Partial<Dialect>): DialectShape[] {
  const delimiters =
    given.delimiter === undefined ? DELIMITERS.filter(sign => mayDelimit(sign, text)) : [given.delimiter];
  const quotes =
    given.quote === undefined
      ? ['"', ...(/(^|[,;\t|])'[^'\r\n]*'([,;\t|]|$)/m.test(text) ? ["'"] : [])]
      : [given.quote];
  const escapes: readonly Escape[] = given.escape === undefined ? escapesIn(text, given) : [given.escape];
  const spaced = /[,;|:^~\t][ \t]+["']|["'][ \t]+(?:[,;|:^~\t]|$)|^[^,;|\r\n]*[,;|] /m.test(text);
  const blanks = given.blanks === undefined ? (spaced ? [false, true] : [false]) : [given.blanks];
  return (delimiters.length > 0 ? delimiters : [DELIMITERS.find(sign => !text.includes(sign)) ?? ","]).flatMap(
    delimiter =>
      quotes.flatMap(quote =>
        escapes.flatMap(escaping =>
          blanks.map(blank => ({
            delimiter,
            quote: escaping === "postgres" ? (given.quote ?? "") : quote,
            escape: escaping,
            blanks: blank,
          })),
        ),
      ),
  );
}

function escapesIn(text: string, given: Partial<Dialect>): Escape[] {
  if (!text.includes("\\")) return ["double"];
  // Nothing else ends with this mark.
  if (/^\\\.\r?$/m.test(text) && text.includes("\t") && (given.delimiter ?? "\t") === "\t") return ["postgres"];
  const nulls = /(^|[,;\t|\x01])\\N([,;\t|\x01\r\n]|$)/m.test(text);
  const quoted = /\\["']/.test(text);
  // PostgreSQL's text format has tabs and no quotes.
  const postgres = nulls && !/(^|\t)"/m.test(text) && (given.delimiter ?? "\t") === "\t" && text.includes("\t");
  return ["double", ...(nulls || quoted ? (["mysql"] as const) : []), ...(postgres ? (["postgres"] as const) : [])];
}

/*
 * Records of one width count most; then broken quotes and escapes, fields with other delimiters in them, and the width itself.
 * A backslash that stands in a field is a sign of a dialect with escapes.
 */
function scoreOf(
  records: ReturnType<typeof sampleRows>["records"],
  { delimiter, quote, escape: escaping, blanks }: DialectShape,
): number {
  if (records.length === 0) return -1;
  const { width, share } = usualWidth(records);
  const broken = records.filter(({ problem }) => problem !== undefined).length / records.length;
  const odd = records.filter(({ irregular, problem }) => irregular && problem === undefined).length / records.length;
  let [fields, unclean, escaped, later, led, marked] = [0, 0, 0, 0, 0, 0];
  for (const record of records.slice(0, 200)) {
    for (const [at, field] of record.fields.entries()) {
      fields++;
      if (at > 0) later++;
      if (at > 0 && field?.startsWith(" ")) led++;
      if (field === null) continue;
      if (quote === '"' && /^'.*'$/s.test(field)) marked++;
      if (OTHERS[delimiter]?.test(field)) unclean++;
      if (/\\["'N]/.test(field) || (escaping === "double" && field === "\\N")) escaped++;
    }
  }
  const of = (count: number) => count / Math.max(1, fields);
  const plain = RARE.has(delimiter) ? -0.3 : 0;
  return (
    (width > 1 ? share : share * 0.4) -
    broken -
    0.4 * odd -
    0.3 * of(unclean) -
    // A header is cut by the delimiter as well.
    (width > 1 && records[0]?.fields.length === 1 ? 0.2 : 0) -
    0.6 * Math.min(1, 5 * of(escaped)) +
    plain +
    0.01 * Math.min(1, width / 20) -
    (escaping === "postgres" ? 0.001 : 0) -
    (blanks ? 0.002 : 0) -
    // Where each field stands in the other quotes they are those of the file.
    (fields > 0 && marked === fields ? 0.05 : 0) -
    // A blank behind every delimiter is none of the values.
    (later > 0 && led === later ? 0.01 : 0) +
    (ORDER[delimiter] ?? 0)
  );
}

const RARE = new Set(["^", "~", ":", " "]);
const ORDER: Readonly<Record<string, number>> = {
  ...{ ",": 0.003, ";": 0.003, "\t": 0.003, "|": 0.002 },
  // No text has one of these for another reason.
  ...Object.fromEntries(CONTROLS.map(sign => [sign, 0.004])),
};
const OTHERS: Readonly<Record<string, RegExp>> = { ",": /[;\t|]\S/, ";": /[\t|]/, "\t": /[;|]\S/, "|": /[;\t]\S/ };

// Times, addresses and numbers of a file of one column have signs in them that set nothing apart.
function mayDelimit(sign: string, text: string): boolean {
  if (!text.includes(sign)) return false;
  if (sign === " ") return isSpaced(text);
  const lines = text.split(/[\r\n]+/, 200).filter(line => line.trim() !== "" && !line.startsWith("#"));
  const [first = "", ...rest] = lines;
  if (sign === ":") {
    const left = lines.map(line => line.replace(WITH_COLON, ""));
    return left[0]?.includes(sign) === true && left.filter(line => line.includes(sign)).length >= 0.8 * left.length;
  }
  if (!",;|".includes(sign) || first.includes(sign) || rest.length === 0) return true;
  // Below a name that has none: 2,50, or Smith, John, or an address.
  const isProse = (line: string) =>
    !line
      .replaceAll(`${sign} `, "")
      .replace(/\b\w+:\/\/\S*/g, "")
      .includes(sign);
  const isNumber = (line: string) => /^-?([\d.]+,\d+|\d{1,3}(,\d{3})+(\.\d+)?)$/.test(line);
  return rest.some(line => line.includes(sign) && !isProse(line) && !(sign === "," && isNumber(line)));
}

// A table as R writes it: one blank between the fields, as many in each line, and numbers in one of the columns at least.
function isSpaced(text: string): boolean {
  const rows = text
    .split(/\r\n|\r|\n/, 200)
    .filter(line => line !== "")
    .map(line => line.replace(/"[^"]*"/g, "x").split(" "));
  const [first = [], ...rest] = rows;
  const width = rest[0]?.length ?? 0;
  const isTable = width > 2 && rest.length > 1 && rest.every(row => row.length === width && !row.includes(""));
  const isNumber = (value: string | undefined) => /^(?:-?\d+(?:[.,]\d+)?(?:e[+-]?\d+)?|NA)$/.test(value ?? "");
  const numbers = rest[0]?.some((_, at) => rest.every(row => isNumber(row[at])));
  return isTable && numbers === true && [width, width - 1].includes(first.length);
}

const WITH_COLON = /\b\w+:\/\/\S*|[0-9a-f]{2}(:[0-9a-f]{2}){2,}|\d{1,2}:\d{2}(:\d{2})?|\b[a-z]:\\/gi;
