import { chunksOf } from "./chunks.ts";
import { ERROR_LEVELS, ranker, WARNING_LEVELS } from "./levels.ts";
import { lineBytes, lineText, settledEnd } from "./lines.ts";
import { logCache } from "./log-cache.ts";
import { scanner } from "./scan.ts";
import { type OpenLog, reading } from "./source.ts";

/** How many records of a log are errors (critical ones too) and warnings, as far as it was counted: all of it when `isAll`. */
export interface LevelCounts {
  error: number;
  warn: number;
  countedBytes: number;
  isAll: boolean;
}

/** Counts the errors and warnings of a log, at most `maxBytes` in one call. What was counted once is only added to. */
export async function countLevels(
  log: OpenLog,
  options: { maxBytes?: number; growing?: boolean; signal?: AbortSignal } = {},
): Promise<LevelCounts> {
  const { maxBytes = 64 * 1024 * 1024, growing = false, signal } = options;
  return await reading(log, async source => {
    const limit = await settledEnd(source, { growing: true });
    const known = await counted(source);
    const chunks = chunksOf(source);
    const until = Math.min(limit, known.upTo + maxBytes);
    for (let before = -1; known.upTo < until && known.upTo > before; ) {
      signal?.throwIfAborted();
      before = known.upTo;
      await known.grow(source, async ({ upTo, value }) => {
        const chunk = await chunks.after(upTo, limit, value.inLine);
        if (!chunk) return { upTo, value };
        const counts = { error: value.error, warn: value.warn };
        for (const { level, offset } of value.scan(chunk)) {
          // The pieces of a long line are one record.
          const isPiece = value.inLine && offset === chunk.offset;
          if (!isPiece) counts[level === "warn" ? "warn" : "error"] += 1;
        }
        const inLine = chunk.bytes.at(-1) !== 10;
        return { upTo: upTo + chunk.bytes.length, value: { ...value, ...counts, inLine } };
      });
    }
    const { error, warn } = known.value;
    const isAll = known.upTo >= limit;
    const torn =
      isAll && !growing && limit < source.size
        ? ranker()(lineText(await lineBytes(source, { offset: limit, end: source.size })).text).level
        : undefined;
    const counts = { error: error + (torn && ERROR_LEVELS.has(torn) ? 1 : 0), warn: warn + (torn === "warn" ? 1 : 0) };
    return { ...counts, countedBytes: known.upTo, isAll };
  });
}

const counted = logCache(() => ({
  error: 0,
  warn: 0,
  inLine: false,
  scan: scanner({ levels: WARNING_LEVELS, beginnings: true }),
}));
