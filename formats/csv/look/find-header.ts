import type { Dialect } from "../dialect.ts";
import type { CsvRecord } from "../reader.ts";
import { looksLikeHeader, recordWith } from "./looks-like-header.ts";
import { usualWidth } from "./rows.ts";

/** Where the records of a file begin, and whether the first one names the columns. */
export interface Start {
  /** Lines above the first record. */
  preamble: number;
  header: boolean;
  trailing: boolean;
  /** How many fields a record has. */
  width: number;
  /** The names that the header has, where it is not simply the first record's fields. */
  names?: (string | null)[];
}

/** How many lines may stand above the header. */
const MOST = 50;

/** Finds the header among the first records. `wanted` are names that a job says the file has. */
export function findStart(
  records: readonly CsvRecord[],
  given: Partial<Pick<Dialect, "header" | "trailing" | "delimiter">> & { preamble?: number | undefined },
  wanted: readonly string[],
): Start {
  const { width } = usualWidth(records.slice(0, 2000));
  const named = given.header === false ? -1 : recordWith(records, wanted);
  const first = given.preamble !== undefined ? 0 : named >= 0 ? named : firstOf(records, width);
  const [top, ...rest] = records.slice(first);
  const preamble = first === 0 ? (given.preamble ?? 0) : (top?.line ?? 1) - 1;
  const found = { preamble, width, trailing: given.trailing ?? false };
  if (!top) return { ...found, header: given.header ?? true };
  const own = top.fields.length;
  const usual = rest.filter(({ fields }) => fields.length === own + 1);
  if (own === width - 1 && usual.length > 0 && given.header !== false) {
    const isTrailing = usual.filter(({ fields }) => fields.at(-1) === null).length >= 0.95 * usual.length;
    if (given.trailing ?? isTrailing) {
      const header = given.header ?? (named >= 0 || looksLikeHeader([top, ...usual]));
      return { ...found, header, trailing: true, width: own };
    }
    // R writes the names of rows, which are all different and in quotes, without a name above them. Without quotes, in a
    // file that is not R's own table with blanks, a delimiter too many in each record is as likely, and would put every
    // value under a wrong name.
    const rowNames = new Set(usual.map(({ fields }) => fields[0] ?? ""));
    const isR =
      (areQuoted(top, usual) || given.delimiter === " ") &&
      rowNames.size === usual.length &&
      !rowNames.has("") &&
      usual.every(({ fields }) => fields.at(-1) !== null);
    const padded = { ...top, fields: [null, ...top.fields], quoted: top.quoted << 1 };
    if (isR && (given.header || named >= 0 || looksLikeHeader([padded, ...usual])))
      return { ...found, header: true, names: padded.fields };
  }
  const header = given.header ?? (named >= 0 || looksLikeHeader([top, ...rest]));
  // A delimiter too many at the end of the header alone.
  if (header && own === width + 1 && top.fields.at(-1) === null)
    return { ...found, header, names: top.fields.slice(0, -1) };
  return { ...found, header, width: header ? own : width };
}

// Titles and remarks have fewer fields than the records below them.
function firstOf(records: readonly CsvRecord[], width: number): number {
  if (width < 2) return 0;
  const at = records.slice(0, MOST + 1).findIndex(({ fields }) => fields.length >= width);
  if (at === 0) return belowPadded(records, width);
  if (at < 0) return 0;
  const below = records.slice(at, at + 1000);
  const isTable = below.filter(({ fields }) => fields.length === width).length >= 0.8 * below.length;
  if (!isTable) return 0;
  const top = records[at - 1];
  const isShortHeader =
    top?.fields.length === width - 1 &&
    !looksLikeHeader(below) &&
    (width > 2 || below.every(({ fields }) => fields.length !== width || fields.at(-1) === null));
  return isShortHeader ? at - 1 : at;
}

function areQuoted(top: CsvRecord, rows: readonly CsvRecord[]): boolean {
  return (top.quoted & 1) !== 0 && rows.every(({ quoted }) => (quoted & 1) !== 0);
}

// A spreadsheet pads its titles with as many delimiters as the table below them has.
function belowPadded(records: readonly CsvRecord[], width: number): number {
  const filled = ({ fields }: CsvRecord) => fields.filter(field => field !== null && field !== "").length;
  const at = records.slice(0, MOST + 1).findIndex(record => filled(record) > width / 2);
  const below = records.slice(at);
  const isBelow = at > 0 && width > 2 && filled(below[0]!) === below[0]!.fields.length;
  return isBelow && looksLikeHeader(below) && !looksLikeHeader(records) ? at : 0;
}
