import type { Dialect } from "./dialect.ts";

/** Counts the records of a file without reading them. */
export interface ParityCount {
  /** Takes bytes in which quotes and line ends are those of ASCII. */
  update(bytes: Buffer): void;
  /** How many lines with something in them end where the number of quotes so far is even. */
  end(): number;
  /** Physical lines that have ended so far. */
  lines(): number;
  /** Whether a line has begun that has not ended. */
  isInLine(): boolean;
}

/** The lines of a record whose quotes mean nothing: it counts as one. */
export type Range = readonly [from: number, to: number];

const [LF, CR, BACKSLASH] = [10, 13, 92];

/**
 * Counts by quote parity over bytes, a rule of its own: a line end outside of quotes ends a record, a line with nothing in it
 * is none. It knows nothing of fields, so that it can't share a mistake with the reader. `irregular` are lines in order.
 */
export function countByParity(
  { quote, escape: escaping, preamble, comment }: Pick<Dialect, "quote" | "escape" | "preamble" | "comment">,
  irregular: readonly Range[] = [],
): ParityCount {
  const sign = quote === "" ? -1 : quote.charCodeAt(0);
  const hash = comment === "" ? -1 : comment.charCodeAt(0);
  const escapes = escaping !== "double";
  let open = false;
  let escaped = false;
  // A line end that is escaped ends no record.
  let held = false;
  // What a line has so far: nothing, a record, or what is no record.
  let content: "none" | "record" | "skipped" = "none";
  let line = 1;
  let records = 0;
  let [cr, crs] = [false, 0];
  let range = 0;
  let marks = 0;
  const ended = () => {
    line++;
    if (held) {
      held = false;
      return;
    }
    const here = irregular[range];
    if (here && line > here[1]) {
      range++;
      records++;
      [open, content] = [false, "none"];
    } else if (!(here && line > here[0]) && !open) {
      if (content === "record") records++;
      content = "none";
    }
  };
  const within = () => {
    const here = irregular[range];
    return here !== undefined && line >= here[0] && line <= here[1];
  };
  // Most files have nothing but LF and quotes to look for.
  const plain = (bytes: Buffer) => {
    const next = (from: number) => (sign < 0 ? -1 : bytes.indexOf(sign, from));
    let quoteAt = next(0);
    for (let i = 0; i < bytes.length; ) {
      const end = bytes.indexOf(LF, i);
      const stop = end < 0 ? bytes.length : end;
      const isMark = stop - i === 3 && MARK.every((byte, at) => bytes[i + at] === byte);
      if (stop > i && !isMark) content = "record";
      for (; quoteAt >= 0 && quoteAt < stop; quoteAt = next(quoteAt + 1)) open = !open;
      if (end >= 0) ended();
      i = stop + 1;
    }
  };
  return {
    lines: () => line - 1,
    isInLine: () => cr || content !== "none",
    update(bytes) {
      const isPlain = !cr && !escapes && irregular.length === 0 && line > preamble && hash < 0 && marks === 0;
      if (isPlain && content !== "skipped" && !bytes.includes(CR)) {
        plain(bytes);
        return;
      }
      for (let i = 0; i < bytes.length; i++) {
        const byte = bytes[i]!;
        if (cr) {
          // CR, CRLF and CRCRLF end one line.
          if (byte === CR) {
            if (crs === 2) ended();
            crs = 2;
            continue;
          }
          cr = false;
          if (crs === 2 && byte !== LF) ended();
          ended();
          if (byte === LF) continue;
        }
        if (byte === LF || byte === CR) {
          [held, escaped] = [escaped, false];
          if (byte === LF) ended();
          else [cr, crs] = [true, 1];
          continue;
        }
        if (escaped) {
          escaped = false;
          continue;
        }
        if (content === "none") {
          // A byte order mark is nothing.
          if (MARK[marks] === byte) {
            marks++;
            if (marks === 3) marks = 0;
            continue;
          }
          marks = 0;
          content = line <= preamble || byte === hash ? "skipped" : "record";
        }
        if (content === "skipped") continue;
        if (byte === sign && !within()) open = !open;
        else if (escapes && byte === BACKSLASH && !within()) escaped = true;
      }
    },
    end() {
      if (cr) {
        if (crs === 2) ended();
        ended();
        cr = false;
      }
      if (content === "record" || irregular[range]) records++;
      return records;
    },
  };
}

const MARK = [0xef, 0xbb, 0xbf];
