import { type LogLevel, ranker } from "./levels.ts";
import { type LogLine, lineBytes, lineEnd, lineText, settledEnd } from "./lines.ts";
import { numbersAt } from "./numbers.ts";
import { type LineFilter, patternOf } from "./scan.ts";
import { type LinesFound, searchBackward, searchForward } from "./search-lines.ts";
import { type LogSourceFile, type OpenLog, reading } from "./source.ts";

export { countLevels } from "./counts.ts";

/** What to look for; both, where both are given. */
export interface SearchOptions {
  /** As it stands, in any case; colours in the log are no hindrance. Of several lines the first is looked for. */
  text?: string;
  levels?: ReadonlySet<LogLevel>;
  /** Forward, where to begin (0); backward, where to end (the end of the log). */
  from?: number;
  direction?: "forward" | "backward";
  limit?: number;
  /** So much is searched in one call, about. */
  maxBytes?: number;
  /** Leaves a last line out that has no end yet. */
  growing?: boolean;
  signal?: AbortSignal;
}

/** The lines found, in the order of the search: backward, the last line comes first. */
export interface SearchResult {
  matches: LogLine[];
  /** Where to go on from; absent when all was searched. */
  next?: number;
  /** Up to where was searched: where to go on from once the log has grown. */
  end: number;
  searchedBytes: number;
}

/** Looks for lines of a log, with the same little memory whatever its size. */
export async function search(log: OpenLog, options: SearchOptions): Promise<SearchResult> {
  const { text = "", levels, direction = "forward", from } = options;
  const { limit: most = 200, maxBytes = 64 * 1024 * 1024, signal } = options;
  const wanted = text.split(/[\r\n]/)[0]?.slice(0, 1000);
  const filter = { ...(wanted && { pattern: patternOf(wanted) }), ...(levels && { levels }) };
  return await reading(log, async source => {
    const size = await settledEnd(source, options);
    const isBack = direction === "backward";
    const start = Math.min(Math.max(0, Math.trunc(from ?? (isBack ? size : 0))), size);
    const found = isBack
      ? await searchBackward(source, filter, start, { until: 0, most, maxBytes, signal })
      : await searchForward(source, filter, start, { until: size, most, maxBytes, signal });
    const { at, searchedBytes } = found;
    const isDone = isBack ? at <= 0 : at >= size || (found.hits.length < most && searchedBytes < maxBytes);
    return { matches: await linesOf(source, found), ...(!isDone && { next: at }), end: at, searchedBytes };
  });
}

/** The next record of some levels after the line that begins at `from`, or before it; from -1 on, the first in the log. */
export async function nextOfLevel(
  log: OpenLog,
  from: number,
  direction: "forward" | "backward",
  levels: ReadonlySet<LogLevel>,
  signal?: AbortSignal,
): Promise<LogLine | undefined> {
  const filter: LineFilter = { levels, beginnings: true };
  return await reading(log, async source => {
    const bounds = { most: 1, maxBytes: Number.POSITIVE_INFINITY, signal };
    const start = Math.min(from, source.size);
    const found =
      direction === "backward"
        ? await searchBackward(source, filter, start, { ...bounds, until: 0 })
        : await searchForward(source, filter, start < 0 ? 0 : await lineEnd(source, start), {
            ...bounds,
            until: source.size,
          });
    return (await linesOf(source, found))[0];
  });
}

async function linesOf(source: LogSourceFile, { hits }: LinesFound): Promise<LogLine[]> {
  const offsets = hits.map(hit => hit.offset).sort((a, b) => a - b);
  const numbers = await numbersAt(source, offsets);
  const numberOf = new Map(numbers?.map((number, index) => [offsets[index], number]));
  const lines: LogLine[] = [];
  for (const { offset, end, ...rank } of hits) {
    const line = lineText(await lineBytes(source, { offset, end }));
    const number = numberOf.get(offset);
    // Where no level was asked for, the line has to speak for itself.
    lines.push({ offset, ...(number && { number }), ...line, ...(rank.level ? rank : ranker()(line.text)) });
  }
  return lines;
}
