import { type Rank, ranker, startOf } from "./levels.ts";
import { lineText, spansOf } from "./lines.ts";
import { readAt, type Source } from "./source.ts";

/** Ranks the lines from `offset` on. It looks back for the record that they go on with, if `next` begins none itself. */
export async function ranking(source: Source, offset: number, next = ""): Promise<(line: string) => Rank> {
  const rank = ranker();
  if (startOf(next)) return rank;
  const start = Math.max(0, offset - LOOK_BACK);
  const bytes = await readAt(source, start, offset - start);
  const spans = spansOf(bytes, start);
  // The first may be the rest of a line; so may the last, of one that goes on at `offset`.
  for (const span of start === 0 ? spans : spans.slice(1))
    rank(lineText(bytes.subarray(span.offset - start, span.end - start)).text);
  return rank;
}

const LOOK_BACK = 64 * 1024;
