import { chunksOf } from "./chunks.ts";
import { type Rank, ranker, recordStart } from "./levels.ts";
import { lineBytes, lineEnd, lineStart, lineText, spansOf } from "./lines.ts";
import { type Hit, type LineFilter, scanner } from "./scan.ts";
import { type LogSourceFile, readLogAt } from "./source.ts";

/** When a search stops: at an offset, after `most` hits, after `maxBytes`, or when `signal` aborts. */
export interface SearchBounds {
  until: number;
  most: number;
  maxBytes: number;
  signal?: AbortSignal | undefined;
}

/** The hits in the order of the search, and the offset at which it stopped. */
export interface LinesFound {
  hits: Hit[];
  at: number;
  searchedBytes: number;
}

/** Looks for lines from an offset on. It may lie in the middle of a line, whose rest is then looked through. */
export async function searchForward(
  source: LogSourceFile,
  filter: LineFilter,
  from: number,
  bounds: SearchBounds,
): Promise<LinesFound> {
  const { until, most, maxBytes, signal } = bounds;
  const chunks = chunksOf(source);
  const hits: Hit[] = [];
  let line = await ownLine(source, from);
  const scan = await scannerAt(source, filter, line, from);
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
export async function searchBackward(
  source: LogSourceFile,
  filter: LineFilter,
  from: number,
  bounds: SearchBounds,
): Promise<LinesFound> {
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
      hits.push(...(await searchForward(source, filter, start, one)).hits);
      at = start;
      continue;
    }
    const scan = await scannerAt(source, filter, chunk.offset, chunk.offset);
    hits.push(...[...scan(chunk)].reverse().slice(0, most - hits.length));
    at = hits.length < most ? chunk.offset : (hits.at(-1)?.offset ?? chunk.offset);
  }
  return { hits, at, searchedBytes: from - at };
}

async function scannerAt(source: LogSourceFile, filter: LineFilter, line: number, from: number) {
  if (!filter.levels) return scanner(filter);
  const rank = await ranking(source, line);
  const bytes = line < from ? await lineBytes(source, { offset: line, end: from }) : undefined;
  return scanner(filter, rank, bytes && rank(lineText(bytes).text));
}

async function ownLine(source: LogSourceFile, offset: number): Promise<number> {
  return (await isLineStart(source, offset)) ? offset : await lineStart(source, offset);
}

async function isLineStart(source: LogSourceFile, offset: number): Promise<boolean> {
  return offset === 0 || (await readLogAt(source, offset - 1, 1))[0] === 10;
}

const OVERLAP = 16 * 1024;

/** Ranks the lines from `offset` on. It looks back for the record that they go on with, if `next` begins none itself. */
export async function ranking(source: LogSourceFile, offset: number, next = ""): Promise<(line: string) => Rank> {
  const rank = ranker();
  if (recordStart(next)) return rank;
  const start = Math.max(0, offset - LOOK_BACK);
  const bytes = await readLogAt(source, start, offset - start);
  const spans = spansOf(bytes, start);
  // The first may be the rest of a line; so may the last, of one that goes on at `offset`.
  for (const span of start === 0 ? spans : spans.slice(1))
    rank(lineText(bytes.subarray(span.offset - start, span.end - start)).text);
  return rank;
}

const LOOK_BACK = 64 * 1024;
