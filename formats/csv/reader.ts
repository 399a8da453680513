import type { Dialect } from "./dialect.ts";
import { unescapeField } from "./escapes.ts";

/** One record of a file, as the one reader cuts it. */
export interface CsvRecord {
  /** The physical line that it begins in, from 1, and the last one that it has. */
  line: number;
  lastLine: number;
  /** Its fields; null is an empty one without quotes. */
  fields: (string | null)[];
  /** Whether the first field had quotes, bit by bit for the first 32. */
  quoted: number;
  /** As it stands in the file, without its line end. */
  text: string;
  /** Why it can't be taken: its quotes or escapes can't be made sense of. */
  problem?: string;
  /** A quote stands where it means nothing, so that counting quotes can't tell where the record ends. */
  irregular: boolean;
  /** What ends its line; nothing where the file ends. */
  end?: LineEnd;
}

/** Takes text piece by piece and gives each record once it is whole. */
export interface CsvReader {
  push(text: string): void;
  end(): void;
  /** The number of line ends of each kind outside of quotes. */
  ends: Record<LineEnd, number>;
  /** The number of remarks that were skipped. */
  remarks(): number;
}

/** What ends a line. */
export type LineEnd = "LF" | "CRLF" | "CR" | "CRCRLF";

/** How long a quoted field may be, in characters: beyond it its closing quote is taken to be missing. */
export const LONGEST = 64 * 2 ** 20;

const [LF, CR, BLANK, TAB, MARK, BACKSLASH] = [10, 13, 32, 9, 0xfeff, 92];

/**
 * The one reader: the page, the inspection and the load see what it gives. Lines end with LF, CRLF, CR or CRCRLF. A quoted
 * field that is not closed as it should be spoils the line where it opens, and no other.
 */
export function csvReader(
  dialect: Omit<Dialect, "header" | "encoding" | "trailing">,
  onRecord: (record: CsvRecord) => void,
  longest = LONGEST,
): CsvReader {
  const { preamble, comment, blanks, escape: escaping } = dialect;
  const delimiter = dialect.delimiter.charCodeAt(0);
  const quote = dialect.quote === "" ? -1 : dialect.quote.charCodeAt(0);
  const [sign, doubled] = [dialect.quote, dialect.quote + dialect.quote];
  const escapes = escaping !== "double";
  const ends: CsvReader["ends"] = { LF: 0, CRLF: 0, CR: 0, CRCRLF: 0 };
  const lineComment = comment === "" ? -1 : comment.charCodeAt(0);
  let text = "";
  let at = 0;
  let line = 1;
  let wanted = 0;
  let final = false;
  let width = 0;
  let remarks = 0;
  // Where the next carriage return is, so that a search for one is not repeated for each field.
  let nextCr = -1;
  let nextLf = -1;
  let nextSlash = -1;

  // How long the line end is that begins here; 0 where what comes next decides.
  const endLength = (i: number): number => {
    if (text.charCodeAt(i) === LF) return 1;
    if (i + 2 >= text.length && !final) return 0;
    if (text.charCodeAt(i + 1) === LF) return 2;
    return text.charCodeAt(i + 1) === CR && text.charCodeAt(i + 2) === LF ? 3 : 1;
  };
  const note = (i: number, length: number): LineEnd => {
    const end = length === 3 ? "CRCRLF" : length === 2 ? "CRLF" : text.charCodeAt(i) === LF ? "LF" : "CR";
    ends[end]++;
    line++;
    return end;
  };
  const firstEnd = (from: number): number => {
    if (nextCr < from) nextCr = position(text.indexOf("\r", from));
    if (nextLf < from) nextLf = position(text.indexOf("\n", from));
    return Math.min(nextCr, nextLf);
  };
  const breaksIn = (from: number, to: number): number => {
    let found = 0;
    for (let i = firstEnd(from); i < to; i = firstEnd(i)) {
      found++;
      i += endLength(i) || 1;
    }
    return found;
  };
  // Skips a line that is no record; false where its end is not there yet.
  const skipLine = (): boolean => {
    const stop = firstEnd(at);
    if (stop >= text.length) {
      if (final) at = text.length;
      return final;
    }
    const length = endLength(stop);
    if (length === 0) return false;
    note(stop, length);
    at = stop + length;
    return true;
  };

  let value: string | null = null;
  let problem: string | undefined;
  let irregular = false;
  let wasQuoted = false;

  // Reads a field from `i`, and gives where it ends: at a delimiter or a line end. -1: not there yet; -2: broken.
  const field = (i: number): number => {
    wasQuoted = false;
    let from = i;
    if (blanks) from = afterBlanks(from);
    if (text.charCodeAt(from) === quote && quote >= 0) return quotedField(from);
    let to = i;
    let hasEscape = false;
    for (; to < text.length; to++) {
      const code = text.charCodeAt(to);
      if (code === delimiter || code === LF || code === CR) break;
      if (code === quote) irregular = true;
      else if (code === BACKSLASH && escapes) {
        hasEscape = true;
        if (to + 1 >= text.length && !final) return -1;
        const skipped = text.charCodeAt(to + 1) === CR ? endLength(to + 1) : 1;
        if (skipped === 0) return -1;
        to = Math.min(to + skipped, text.length - 1);
      }
    }
    if (to >= text.length && !final) return -1;
    value = to === i ? null : text.slice(i, to);
    if (value === null) {
      if (escapes) value = "";
      return to;
    }
    if (hasEscape) {
      line += breaksIn(i, to);
      const found = unescapeField(value, escaping, dialect.delimiter, false);
      if ("problem" in found) problem ??= found.problem;
      else value = found.value;
      return to;
    }
    if (blanks) value = value.replace(/^[ \t]+|[ \t]+$/g, "") || null;
    else if (irregular && BLANKS_FIRST.test(value) && /^[ \t]+$/.test(value.slice(0, Math.max(0, value.indexOf(sign)))))
      problem ??= `a blank stands before a quote: the format's "blanks" allows it`;
    return to;
  };
  const afterBlanks = (from: number): number => {
    let i = from;
    for (; i < text.length; i++) {
      const code = text.charCodeAt(i);
      if ((code !== BLANK && code !== TAB) || code === delimiter) break;
    }
    return i;
  };
  const quotedField = (open: number): number => {
    let i = open + 1;
    let more = false;
    for (;;) {
      const close = text.indexOf(sign, i);
      if (close < 0 || close - open > longest) return text.length - open > longest || final ? -2 : -1;
      if (escapes && nextSlash < i) nextSlash = position(text.indexOf("\\", i));
      if (escapes && nextSlash < close) {
        if (nextSlash + 1 >= text.length && !final) return -1;
        i = nextSlash + 2;
        more = true;
        continue;
      }
      if (close + 1 >= text.length && !final) return -1;
      if (text.charCodeAt(close + 1) === quote) {
        i = close + 2;
        more = true;
        continue;
      }
      const to = blanks ? afterBlanks(close + 1) : close + 1;
      if (to >= text.length && !final) return -1;
      const code = to < text.length ? text.charCodeAt(to) : LF;
      if (code !== delimiter && code !== LF && code !== CR) return -2;
      wasQuoted = true;
      value = text.slice(open + 1, close);
      line += breaksIn(open + 1, close);
      if (!more) return to;
      if (!escapes) value = value.replaceAll(doubled, sign);
      else {
        const found = unescapeField(value.replaceAll(doubled, sign), escaping, dialect.delimiter, true);
        if ("problem" in found) problem ??= found.problem;
        else value = found.value;
      }
      return to;
    }
  };
  // Reads the record that begins at `at`; false where its end is not there yet.
  const record = (): boolean => {
    const [start, startLine] = [at, line];
    // As many as the record before it had: an array that grows is copied.
    const fields = new Array<string | null>(width);
    let count = 0;
    let quoted = 0;
    [problem, irregular] = [undefined, false];
    let i = start;
    for (;;) {
      const opened = i;
      i = field(i);
      if (i === -1) {
        line = startLine;
        return false;
      }
      if (i === -2) {
        problem = `a quote opens in line ${line} that is not closed before a delimiter or a line end`;
        irregular = true;
        i = Math.min(firstEnd(opened), text.length);
        break;
      }
      fields[count++] = value;
      if (wasQuoted && count <= 32) quoted |= 1 << (count - 1);
      if (text.charCodeAt(i) !== delimiter) break;
      i++;
    }
    const length = i < text.length ? endLength(i) : 0;
    if (length === 0 && !final) {
      line = startLine;
      return false;
    }
    if (count !== width) {
      fields.length = count;
      width = count;
    }
    const csvRecord: CsvRecord = {
      line: startLine,
      lastLine: line,
      fields,
      quoted,
      text: text.slice(start, i),
      irregular,
    };
    at = i + length;
    if (length > 0) csvRecord.end = note(i, length);
    onRecord(problem === undefined ? csvRecord : { ...csvRecord, problem });
    return true;
  };
  const parse = () => {
    while (at < text.length) {
      const code = text.charCodeAt(at);
      if (code === MARK) at++;
      else if (line <= preamble || code === lineComment) {
        const isRemark = line > preamble;
        if (!skipLine()) break;
        if (isRemark) remarks++;
      } else if (code === LF || code === CR) {
        const length = endLength(at);
        if (length === 0) break;
        note(at, length);
        at += length;
      } else if (!record()) break;
    }
  };
  return {
    ends,
    remarks: () => remarks,
    push(piece) {
      text = at === 0 ? text + piece : text.slice(at) + piece;
      [at, nextCr, nextLf, nextSlash] = [0, -1, -1, -1];
      // A record that spans many pieces is begun anew only when twice as much of it is there.
      if (text.length < wanted && text.length <= 4 * longest) return;
      parse();
      const left = text.length - at;
      if (left > 4 * longest)
        throw new Error(
          `A record that begins in line ${line} is longer than ${(4 * longest) >> 20} MB: are the delimiter, the quote and the line ends right?`,
        );
      wanted = left > 1 << 16 ? 2 * left : 0;
    },
    end() {
      final = true;
      [nextCr, nextLf, nextSlash] = [-1, -1, -1];
      parse();
    },
  };
}

const BLANKS_FIRST = /^[ \t]/;

function position(found: number): number {
  return found < 0 ? Number.POSITIVE_INFINITY : found;
}
