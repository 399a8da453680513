import { closest } from "fastest-levenshtein";
import type { LogFormat } from "./format.ts";
import { csvOf } from "./formats/csv.ts";
import { UNKNOWN } from "./formats/unknown.ts";
import { FORMATS, formatsOf, NAMES } from "./list.ts";
import { TRACE } from "./traces.ts";

/** What a file seems to be. */
export interface Detected {
  /** Absent where there is nothing to read: the file is empty, or no text. */
  format?: LogFormat;
  /** How many of the first lines fit, from 0 to 1. */
  sure: number;
  /** Why it is taken for that, or what stands in the way, in a sentence. */
  why: string;
}

/** What narrows the choice. */
export interface Wanted {
  /** `auto`, a name of NAMES, or the name of one of `patterns`. */
  asked?: string;
  /** Formats of one's own, tried before all others. */
  patterns?: readonly LogFormat[];
}

/** Finds the format of a file from its beginning (head.ts). Throws a sentence where `asked` is no format. */
export function detect(head: Buffer, { asked = "auto", patterns = [] }: Wanted = {}): Detected {
  const known = new Set([...patterns.map(format => format.name), ...NAMES]);
  if (asked !== "auto" && !known.has(asked))
    throw new Error(
      `There is no log format ${asked}. Did you mean ${closest(asked, ["auto", ...known])}? There are auto, ${[...known].join(", ")}.`,
    );
  const problem = problemOf(head);
  if (problem) return { sure: 0, why: problem };
  const lines = linesOf(head);
  const csv = csvOf(lines[0] ?? "");
  const names = formatsOf(asked);
  const all = [...patterns, ...FORMATS, ...(csv ? [csv] : [])];
  const candidates = all.filter(({ name }) => (asked === "auto" ? true : names.includes(name)));
  const best = candidates
    .map(format => ({ format, sure: share(format, lines) }))
    .reduce((one, other) => (weight(other) > weight(one) ? other : one), { format: UNKNOWN, sure: 0 });
  if (best.sure > 0) return { ...best, why: `${percent(best.sure)} of its first lines fit.` };
  // Somebody who names a format has a reason, whatever the first lines are.
  const [only] = candidates;
  if (asked !== "auto" && only)
    return { format: only, sure: 0, why: "None of its first lines fit, but it was asked for." };
  const what = asked === "auto" ? "any format that is known" : asked;
  return { format: UNKNOWN, sure: 0, why: `None of its first lines fits ${what}.` };
}

function weight({ format, sure }: { format: LogFormat; sure: number }): number {
  return format.broad ? sure * 0.8 : sure;
}

const SAMPLE = 300;

function linesOf(head: Buffer): string[] {
  const text = head.toString("utf8").replace(/^\uFEFF/, "");
  const lines = text.split("\n", SAMPLE + 1).map(line => line.replace(/\r$/, ""));
  // The last one may be cut.
  return (lines.length > 1 ? lines.slice(0, -1) : lines).slice(0, SAMPLE);
}

function share(format: LogFormat, lines: readonly string[]): number {
  if (format.begins === "") return format.header ? 0.5 : 0;
  const begins = new RegExp(`^(?:${format.begins})`);
  const records = format.header ? lines.slice(1) : lines;
  const fit = records.filter(line => begins.test(line) && (format.fits?.(line) ?? true)).length;
  const others = records.filter(line => !TRACES.test(line) && !begins.test(line)).length;
  const wrong = records.filter(line => begins.test(line) && format.fits?.(line) === false).length;
  // A header alone is a file of no records.
  if (records.length === 0) return format.header ? 1 : 0;
  return fit === 0 ? 0 : fit / (fit + others + wrong);
}

const TRACES = new RegExp(`^${TRACE}`);

function problemOf(head: Buffer): string | undefined {
  if (head.length === 0) return "The file is empty.";
  if ((head[0] === 0xff && head[1] === 0xfe) || (head[0] === 0xfe && head[1] === 0xff))
    return "The file is written in UTF-16, which is not read here: save it as UTF-8.";
  const packed = PACKED.find(([magic]) => head.subarray(0, magic.length).toString("latin1") === magic);
  if (packed) return `The file is packed as ${packed[1]}, which is not read here: unpack it, or pack it with gzip.`;
  if (head.includes(0)) return "The file is no text: it has zero bytes.";
  return undefined;
}

const PACKED = [
  ["PK\u0003\u0004", "zip"],
  ["BZh", "bzip2"],
  ["\u00fd7zXZ\u0000", "xz"],
] as const;

function percent(share: number): string {
  return share === 1 ? "All" : `${Math.max(1, Math.floor(share * 100))} %`;
}
