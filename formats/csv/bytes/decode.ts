import { isAscii, isUtf8 } from "node:buffer";
import type { Encoding } from "../dialect.ts";
import { isMostlyUtf8, isWestern } from "./western.ts";

/** Bytes that an encoding does not have. `line` counts from the beginning of the piece that was decoded, from 0. */
export class WrongByte extends Error {
  override name = "WrongByte";
  readonly line: number;
  readonly byte: string;

  constructor(line: number, byte: number) {
    super(`a byte that is not of this encoding: ${byte.toString(16)}`);
    this.line = line;
    this.byte = byte.toString(16).toUpperCase().padStart(2, "0");
  }
}

/** Turns bytes into text piece by piece; a character that a piece cuts in two waits for the next one. Throws WrongByte. */
export interface Decoder {
  write(bytes: Buffer): string;
  end(): string;
}

/** The decoder of an encoding. `lenient` puts a sign in place of what is wrong, for a look at a file. */
export function decoderOf(encoding: Encoding, lenient = false): Decoder {
  if (encoding === "Windows-1252" || encoding === "ISO-8859-1") return singleByte(encoding, lenient);
  const utf8 = encoding === "UTF-8";
  let rest = Buffer.alloc(0);
  const strict = decoder(encoding, !lenient);
  return {
    write(bytes) {
      const all = rest.length > 0 ? Buffer.concat([rest, bytes]) : bytes;
      if (!utf8) {
        rest = Buffer.alloc(0);
        return attempt(strict, all, encoding, true);
      }
      const whole = all.subarray(0, wholeUtf8(all));
      rest = Buffer.from(all.subarray(whole.length));
      if (lenient) return whole.toString("utf8");
      if (isAscii(whole)) return whole.toString("latin1");
      if (isUtf8(whole)) return whole.toString("utf8");
      throw wrongByteIn(whole, isUtf8);
    },
    end() {
      if (utf8) {
        if (rest.length > 0 && !lenient) throw new WrongByte(0, rest[0]!);
        return lenient ? rest.toString("utf8") : "";
      }
      return attempt(strict, Buffer.alloc(0), encoding, false);
    },
  };
}

/** How a file seems to be encoded, by its first bytes; undefined where no encoding can be told. */
export function findEncoding(bytes: Buffer): Encoding | undefined {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return "UTF-16LE";
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return "UTF-16BE";
  if (bytes.includes(0)) {
    // In UTF-16 every second byte of plain text is 0.
    const head = bytes.subarray(0, 4096);
    const pairs = Math.max(1, Math.floor(head.length / 2));
    const zeros = (first: number) => head.filter((byte, i) => i % 2 === first && byte === 0).length / pairs;
    // Polish and Russian letters have another low number in place of the 0.
    const isText = (first: number) =>
      head.length > 4 && head.every((byte, i) => i % 2 !== first || byte === 0 || byte > 8);
    if (isText(0) && zeros(1) > 0.4 && zeros(0) < 0.1) return "UTF-16LE";
    if (isText(1) && zeros(0) > 0.4 && zeros(1) < 0.1) return "UTF-16BE";
  }
  const isMarked = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
  // One byte of another encoding in a file of UTF-8 is told by its line; all the others would be misread for its sake.
  if (isMarked || isUtf8(bytes.subarray(0, wholeUtf8(bytes))) || isMostlyUtf8(bytes)) return "UTF-8";
  if (bytes.some(byte => NOT_1252.has(byte))) return undefined;
  return isWestern(singleByte("Windows-1252", true).write(bytes)) ? "Windows-1252" : undefined;
}

/** Text in which quotes, delimiters and line ends are single bytes, whatever the file's encoding is. */
export function hasAsciiBytes(encoding: Encoding): boolean {
  return /^(UTF-8|Windows|ISO|macintosh|IBM)/.test(encoding);
}

function decoder(encoding: Encoding, fatal: boolean): TextDecoder {
  return new TextDecoder(encoding.toLowerCase(), { fatal, ignoreBOM: true });
}

function attempt(strict: TextDecoder, bytes: Buffer, encoding: Encoding, stream: boolean): string {
  try {
    return strict.decode(bytes, { stream });
  } catch {
    throw wrongByteIn(bytes, part => decodes(part, encoding));
  }
}

function decodes(bytes: Buffer, encoding: Encoding): boolean {
  try {
    decoder(encoding, true).decode(bytes);
    return true;
  } catch {
    return false;
  }
}

function singleByte(encoding: Encoding, lenient: boolean): Decoder {
  return {
    write(bytes) {
      if (isAscii(bytes)) return bytes.toString("latin1");
      const wrong = encoding === "Windows-1252" ? NOT_1252 : CONTROLS;
      if (!lenient) {
        const at = bytes.findIndex(byte => byte > 0x7f && wrong.has(byte));
        if (at >= 0) throw new WrongByte(linesBefore(bytes, at), bytes[at]!);
      }
      const text = bytes.toString("latin1");
      return encoding === "ISO-8859-1"
        ? text
        : text.replace(/[\x80-\x9f]/g, sign => WINDOWS[sign.charCodeAt(0) - 0x80] ?? sign);
    },
    end: () => "",
  };
}

// What Windows-1252 has where Latin-1 has control characters.
const WINDOWS = "€\x81‚ƒ„…†‡ˆ‰Š‹Œ\x8dŽ\x8f\x90‘’“”•–—˜™š›œ\x9džŸ";
const NOT_1252 = new Set([0x81, 0x8d, 0x8f, 0x90, 0x9d]);
const CONTROLS = new Set(Array.from({ length: 32 }, (_, i) => 0x80 + i));

// Where the last whole character ends.
function wholeUtf8(bytes: Buffer): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back]!;
    if (byte < 0x80) return bytes.length;
    if (byte < 0xc0) continue;
    const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
    return length > back ? bytes.length - back : bytes.length;
  }
  return bytes.length;
}

// The first line that does not decode; the byte in it by halves.
function wrongByteIn(bytes: Buffer, isRight: (part: Buffer) => boolean): WrongByte {
  let from = 0;
  for (;;) {
    const end = bytes.indexOf(10, from);
    const to = end < 0 ? bytes.length : end + 1;
    if (!isRight(bytes.subarray(from, to)) || to >= bytes.length) {
      let at = from;
      while (
        at < to - 1 &&
        (bytes[at]! < 0x80 || isRight(bytes.subarray(from, at + 1)) || mayGrow(bytes, from, at, to, isRight))
      )
        at++;
      return new WrongByte(linesBefore(bytes, at), bytes[at] ?? 0);
    }
    from = to;
  }
}

// Whether the bytes up to `at` are only cut in the middle of a character.
function mayGrow(bytes: Buffer, from: number, at: number, to: number, isRight: (part: Buffer) => boolean): boolean {
  return [2, 3, 4].some(more => at + more <= to && isRight(bytes.subarray(from, at + more)));
}

/** How many lines have ended before a byte: with LF, CR, CRLF or CRCRLF. */
function linesBefore(bytes: Buffer, at: number): number {
  let lines = 0;
  for (let i = 0; i < at; i++) {
    if (bytes[i] === 10) lines++;
    else if (bytes[i] === 13 && bytes[i + 1] !== 10 && !(bytes[i + 1] === 13 && bytes[i + 2] === 10)) lines++;
  }
  return lines;
}
