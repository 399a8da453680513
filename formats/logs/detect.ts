import { closest } from "fastest-levenshtein";
import type { DurationUnit, LogFormat } from "./format.ts";
import { accessByLines } from "./formats/access.ts";
import { coloured, WRAPPERS } from "./formats/containers.ts";
import { csvFormat } from "./formats/csv.ts";
import { mysqlSlowOf } from "./formats/databases.ts";
import { headingsOf } from "./formats/headings.ts";
import { sparkByLines } from "./formats/java.ts";
import { stampedByLines } from "./formats/stamped.ts";
import { w3cOf } from "./formats/w3c.ts";
import { FORMATS, formatsOf, NAMES } from "./list.ts";
import { HEAD_BYTES } from "./reading/head.ts";
import { sampleShare } from "./reading/lines.ts";
import { UNWRAPPED, wrapped } from "./reading/wrapped.ts";

/** What a file seems to be. */
export interface Detected {
  /** Absent where there is nothing to read: the file is empty, or no text. */
  format?: LogFormat;
  /** How many of the lines that were looked at fit, from 0 to 1. */
  sure: number;
  /** Why it is taken for that, or what stands in the way, in a sentence. */
  why: string;
}

/** What narrows the choice. */
export interface FormatRequest {
  /** `auto`, a name of NAMES, or the name of one of `patterns`. */
  asked?: string;
  /** Formats of one's own, tried before all others. */
  patterns?: readonly LogFormat[];
  /** The unit of durations whose lines tell none. */
  durations?: DurationUnit | undefined;
}

/** Finds the format of a file from lines of it (head.ts): all compete. Throws a sentence where `asked` is no format. */
export function detect(sample: Buffer, { asked = "auto", patterns = [], durations }: FormatRequest = {}): Detected {
  const known = new Set([...patterns.map(format => format.name), ...NAMES]);
  if (asked !== "auto" && !known.has(asked))
    throw new Error(
      `There is no log format ${asked}. Did you mean ${closest(asked, ["auto", ...known])}? There are auto, ${[...known].join(", ")}.`,
    );
  const problem = problemOf(sample);
  if (problem) return { sure: 0, why: problem };
  const lines = linesOf(sample);
  const names = formatsOf(asked);
  const candidates = candidatesOf(lines, patterns, durations).filter(({ format: { name } }) => {
    return asked === "auto" || names.includes(name) || names.includes(name.split("/")[0] ?? "");
  });
  const best = bestOf(candidates);
  if (best.sure > 0) return { ...best, why: `${percent(best.sure)} of the lines looked at fit.` };
  // Somebody who names a format has a reason, whatever the lines are.
  const [only] = candidates;
  if (asked !== "auto" && only)
    return { format: only.format, sure: 0, why: "None of its lines fits, but it was asked for." };
  const what = asked === "auto" ? "any format that is known" : asked;
  return { format: UNKNOWN_FORMAT, sure: 0, why: `None of its lines fits ${what}.` };
}

interface Candidate {
  format: LogFormat;
  sure: number;
}

function candidatesOf(lines: readonly string[], patterns: readonly LogFormat[], durations?: DurationUnit): Candidate[] {
  const shown = lines.some(line => line.includes("\x1b[")) ? lines.map(line => coloured.line(line) ?? line) : lines;
  const own = [...patterns, ...formatsFor(shown, durations)].map(format =>
    shown === lines ? format : wrapped(coloured, format),
  );
  const outer = WRAPPERS.flatMap(wrapper => {
    const inside = lines.flatMap(line => wrapper.line(line) ?? []);
    if (inside.length * 2 < lines.length) return [];
    const plain = inside.map(line => coloured.line(line) ?? line);
    const { format, sure } = bestOf(scored([...patterns, ...formatsFor(plain, durations).filter(isInner)], plain));
    // What is wrapped is understood, whatever is inside.
    return [{ format: wrapped(wrapper, sure > 0.3 ? format : UNWRAPPED), sure: inside.length / lines.length }];
  });
  return [...outer, ...scored(own, lines)];
}

// What has a header, or records of several lines, is not looked for inside other lines.
function isInner({ header, oneByOne }: LogFormat): boolean {
  return !header && oneByOne !== false;
}

function formatsFor(lines: readonly string[], durations?: DurationUnit): LogFormat[] {
  const made = [csvFormat(lines), w3cOf(lines), mysqlSlowOf(lines), headingsOf(lines)].filter(
    format => format !== undefined,
  );
  const own: Record<string, LogFormat> = {
    access: accessByLines(lines, durations),
    portal: stampedByLines(lines),
    spark: sparkByLines(lines),
  };
  return [...FORMATS.map(format => own[format.name] ?? format), ...made];
}

function scored(formats: readonly LogFormat[], lines: readonly string[]): Candidate[] {
  return formats.map(format => ({ format, sure: sampleShare(format, lines) }));
}

function bestOf(candidates: readonly Candidate[]): Candidate {
  return candidates.reduce((one, other) => (weight(other) > weight(one) ? other : one), {
    format: UNKNOWN_FORMAT,
    sure: 0,
  });
}

function weight({ format, sure }: Candidate): number {
  return format.broad ? sure * 0.8 : sure;
}

const EACH = 400;

// Of many lines those at the beginning, in the middle and at the end.
function linesOf(sample: Buffer): string[] {
  const lines = sample
    .toString("utf8")
    .replace(/^\uFEFF/, "")
    .split("\n")
    .map(line => line.replace(/\r$/, ""));
  // The last one may be cut, unless the file is small enough to be here whole.
  const whole = lines.length > 1 && (lines.at(-1) === "" || sample.length >= HEAD_BYTES) ? lines.slice(0, -1) : lines;
  if (whole.length <= 3 * EACH) return whole;
  const middle = Math.floor((whole.length - EACH) / 2);
  return [...whole.slice(0, EACH), ...whole.slice(middle, middle + EACH), ...whole.slice(-EACH)];
}

function percent(share: number): string {
  return share === 1 ? "All" : `${Math.max(1, Math.floor(share * 100))} %`;
}

/** The format of a file that fits none: its lines are counted and shown, and none is understood. */
const UNKNOWN_FORMAT: LogFormat = {
  name: "unknown",
  title: "Not known",
  rule: "No line was understood.",
  begins: "",
  follows: "none",
  parts: () => "cast(null as string)",
  understood: () => "false",
  columns: () => ({}),
};

/** Why a file can't be read as lines of text, in a sentence; nothing where it can. */
function problemOf(head: Buffer): string | undefined {
  if (head.length === 0) return "The file is empty.";
  if ((head[0] === 0xff && head[1] === 0xfe) || (head[0] === 0xfe && head[1] === 0xff))
    return "The file is written in UTF-16, which is not read here: save it as UTF-8.";
  const packed = PACKED.find(([magic]) => head.subarray(0, magic.length).toString("latin1") === magic);
  if (packed) return `The file is packed as ${packed[1]}, which is not read here: unpack it, or pack it with gzip.`;
  if (head.includes(0)) return "The file is no text: it has zero bytes.";
  if (head.includes(13) && !head.includes(10))
    return "Its lines end with CR alone, which is not read here: replace each CR by LF.";
  return undefined;
}

const PACKED = [
  ["PK\u0003\u0004", "zip"],
  ["BZh", "bzip2"],
  ["\u00fd7zXZ\u0000", "xz"],
] as const;
