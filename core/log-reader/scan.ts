import type { LogChunk } from "./chunks.ts";
import { HINT, type LogLevel, type Rank, ranker, WARNING_LEVELS } from "./levels.ts";
import type { ByteSpan } from "./lines.ts";

/** What is looked for in a log; both, where both are given. */
export interface LineFilter {
  pattern?: RegExp;
  levels?: ReadonlySet<LogLevel>;
  /** Only lines that begin a record, not what belongs to it. */
  beginnings?: boolean;
}

/** A line that was found. In a piece of a long line, `offset` and `end` are those of the piece. */
export interface Hit extends ByteSpan, Rank {}

/** Looks through the chunks of a log in their order. `rank` knows what came before them, `last` the line they begin in. */
export function scanner(filter: LineFilter, rank = ranker(), last: Rank = {}): (chunk: LogChunk) => Generator<Hit> {
  const { levels } = filter;
  if (!levels && filter.pattern) return chunk => scanText(chunk, filter.pattern as RegExp);
  const isGrave = levels !== undefined && !levels.has("info") && !levels.has("debug");
  return function* scan({ offset, bytes, inLine }) {
    const text = bytes.toString("latin1");
    for (let at = 0; at < text.length; ) {
      if (isGrave && !(at === 0 && inLine) && !(last.level && WARNING_LEVELS.has(last.level))) {
        // What is passed over begins no error and no warning, and goes on with none: nothing else has to be known of it.
        const next = hinted(text, at);
        if (next === undefined) return;
        at = next;
      }
      const end = text.indexOf("\n", at) + 1 || text.length;
      const line = text.slice(at, end - (text[end - 1] !== "\n" ? 0 : text[end - 2] === "\r" ? 2 : 1));
      if (at > 0 || !inLine) last = rank(line);
      if (isWanted(filter, last, line)) yield { offset: offset + at, end: offset + end, ...last };
      at = end;
    }
  };
}

/** Finds a text in bytes that are read as Latin-1: in any case, and with colours in the midst of it. */
export function patternOf(text: string): RegExp {
  const characters = Array.from(text, character => {
    const variants = new Set([character, character.toLowerCase(), character.toUpperCase()]);
    const written = Array.from(variants, variant =>
      Array.from(Buffer.from(variant), byte => `\\x${byte.toString(16).padStart(2, "0")}`).join(""),
    );
    return variants.size === 1 ? (written[0] ?? "") : `(?:${written.join("|")})`;
  });
  return new RegExp(characters.join("(?:\\x1b\\[[\\d;]{0,30}m)*"), "g");
}

function* scanText({ offset, bytes }: LogChunk, pattern: RegExp): Generator<Hit> {
  const text = bytes.toString("latin1");
  for (let at = 0; at < text.length; ) {
    pattern.lastIndex = at;
    const found = pattern.exec(text);
    if (!found) return;
    const start = text.lastIndexOf("\n", found.index) + 1;
    at = text.indexOf("\n", found.index) + 1 || text.length;
    yield { offset: offset + start, end: offset + at };
  }
}

function isWanted({ pattern, levels, beginnings }: LineFilter, { level, continues }: Rank, line: string): boolean {
  if (levels && (!level || !levels.has(level))) return false;
  return !(beginnings && continues) && (!pattern || line.search(pattern) >= 0);
}

// The start of the next line that may be an error or a warning.
function hinted(text: string, at: number): number | undefined {
  HINT.lastIndex = at;
  const found = HINT.exec(text);
  return found ? Math.max(at, text.lastIndexOf("\n", found.index) + 1) : undefined;
}
