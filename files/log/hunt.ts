import { chunksOf } from "./chunks.ts";
import { lineBytes, lineEnd, lineStart, lineText } from "./lines.ts";
import { ranking } from "./records.ts";
import { type Hit, type Hunt, scanner } from "./scan.ts";
import { readAt, type Source } from "./source.ts";

/** When a hunt stops: at an offset, after so many hits, after so many bytes, or when nobody wants it any more. */
export interface Bounds {
  until: number;
  most: number;
  maxBytes: number;
  signal?: AbortSignal | undefined;
}

/** What was found, in the direction of the hunt, and how far it came. */
export interface Found {
  hits: Hit[];
  at: number;
  searchedBytes: number;
}

/** Looks for lines from an offset on. It may lie in the middle of a line, whose rest is then looked through. */
export async function huntForward(source: Source, hunt: Hunt, from: number, bounds: Bounds): Promise<Found> {
  const { until, most, maxBytes, signal } = bounds;
  const chunks = chunksOf(source);
  const hits: Hit[] = [];
  let line = await ownLine(source, from);
  const scan = await scannerAt(source, hunt, line, from);
  let at = from;
  while (at < until && at - from < maxBytes) {
    signal?.throwIfAborted();
    const chunk = await chunks.after(at, until, line < at);
    if (!chunk) break;
    for (const { offset, ...hit } of scan(chunk)) {
      hits.push({ ...hit, offset: offset === at ? line : offset });
      if (hits.length < most) continue;
      const end = hit.end < until && !(await isLineStart(source, hit.end)) ? await lineEnd(source, hit.end) : hit.end;
      return { hits, at: Math.min(end, until), searchedBytes: hit.end - from };
    }
    const next = at + chunk.bytes.length;
    const ending = chunk.bytes.lastIndexOf(10) + 1;
    if (ending > 0) line = at + ending;
    const isFound = hits.length > 0 && hits.at(-1)?.offset === line && line < next && next < until;
    // A text that lies on the border of two pieces of a line is looked for again from where it may begin.
    if (isFound) at = line = Math.min(await lineEnd(source, next), until);
    else at = line < next && next < until ? Math.max(line, at + 1, next - OVERLAP) : next;
  }
  return { hits, at, searchedBytes: at - from };
}

/** Looks for lines back from an offset, where a line begins or the log ends; the nearest is found first. */
export async function huntBackward(source: Source, hunt: Hunt, from: number, bounds: Bounds): Promise<Found> {
  const { until, most, maxBytes, signal } = bounds;
  const chunks = chunksOf(source);
  const hits: Hit[] = [];
  let at = from;
  while (at > until && from - at < maxBytes && hits.length < most) {
    signal?.throwIfAborted();
    const chunk = await chunks.before(at);
    if (chunk.inLine) {
      const start = await lineStart(source, chunk.offset);
      const one = { until: at, most: 1, maxBytes: Number.POSITIVE_INFINITY, signal };
      hits.push(...(await huntForward(source, hunt, start, one)).hits);
      at = start;
      continue;
    }
    const scan = await scannerAt(source, hunt, chunk.offset, chunk.offset);
    hits.push(...[...scan(chunk)].reverse().slice(0, most - hits.length));
    at = hits.length < most ? chunk.offset : (hits.at(-1)?.offset ?? chunk.offset);
  }
  return { hits, at, searchedBytes: from - at };
}

async function scannerAt(source: Source, hunt: Hunt, line: number, from: number) {
  if (!hunt.levels) return scanner(hunt);
  const rank = await ranking(source, line);
  const bytes = line < from ? await lineBytes(source, { offset: line, end: from }) : undefined;
  return scanner(hunt, rank, bytes && rank(lineText(bytes).text));
}

async function ownLine(source: Source, offset: number): Promise<number> {
  return (await isLineStart(source, offset)) ? offset : await lineStart(source, offset);
}

async function isLineStart(source: Source, offset: number): Promise<boolean> {
  return offset === 0 || (await readAt(source, offset - 1, 1))[0] === 10;
}

const OVERLAP = 16 * 1024;
