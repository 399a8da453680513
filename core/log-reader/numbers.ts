import { logCache } from "./log-cache.ts";
import { type LogSourceFile, type OpenLog, reading, readLogAt } from "./source.ts";

/**
 * The numbers of the lines at some offsets, which ascend, counted from 1. Undefined while the lines before them are being
 * counted, which this begins: ask again later.
 */
export async function numbersAt(source: LogSourceFile, offsets: readonly number[]): Promise<number[] | undefined> {
  const furthest = offsets.at(-1) ?? 0;
  const known = await counted(source);
  if (furthest - known.upTo > NEAR) {
    countBehind(source);
    return undefined;
  }
  await growTo(source, known, () => known.upTo >= furthest);
  if (known.upTo < furthest) return undefined;
  const { marks } = known.value;
  const room = Buffer.allocUnsafeSlow(STEP);
  const numbers: number[] = [];
  let at = 0;
  let lines = 0;
  for (const offset of offsets) {
    const mark = Math.floor(offset / STEP);
    if (mark * STEP > at) [at, lines] = [mark * STEP, marks[mark] ?? 0];
    lines += newlines(await readLogAt(source, at, offset - at, room));
    at = offset;
    numbers.push(lines + 1);
  }
  return numbers;
}

/** Where a line begins, counted from 1; undefined if there is none of this number. Counts as far as it must. */
export async function lineToOffset(log: OpenLog, line: number, signal?: AbortSignal): Promise<number | undefined> {
  if (line <= 1) return line === 1 ? 0 : undefined;
  return await reading(log, async source => {
    const known = await counted(source);
    await growTo(source, known, () => known.value.lines >= line - 1, signal);
    const { marks, lines } = known.value;
    if (lines < line - 1) return undefined;
    const mark = lastBelow(marks, line - 1);
    const bytes = await readLogAt(source, mark * STEP, STEP);
    let at = -1;
    for (let left = line - 1 - (marks[mark] ?? 0); left > 0; left--) at = bytes.indexOf(10, at + 1);
    const offset = mark * STEP + at + 1;
    return offset < source.size ? offset : undefined;
  });
}

/** Counts the lines of a log, and with that all its numbers are known. */
export async function countLogLines(log: OpenLog, signal?: AbortSignal): Promise<number> {
  return await reading(log, async source => {
    const known = await counted(source);
    await growTo(source, known, () => known.upTo >= source.size, signal);
    const last = source.size > 0 ? (await readLogAt(source, source.size - 1, 1))[0] : 10;
    return known.value.lines + (last === 10 ? 0 : 1);
  });
}

/** `marks` has how many lines end before each STEP bytes. */
interface Count {
  lines: number;
  marks: number[];
}

const STEP = 256 * 1024;
const READ = 4 * STEP;

// How much is counted while a request waits.
const NEAR = 8 * READ;

const counted = logCache<Count>(() => ({ lines: 0, marks: [0] }));
const behind = new Set<string>();

// Runs in the background and opens the log itself, since the request that started it has ended.
function countBehind({ path, file }: LogSourceFile): void {
  if (behind.has(file)) return;
  behind.add(file);
  void countLogLines(path)
    .catch(() => undefined)
    .finally(() => behind.delete(file));
}

type Counted = Awaited<ReturnType<typeof counted>>;

async function growTo(
  source: LogSourceFile,
  known: Counted,
  isEnough: () => boolean,
  signal?: AbortSignal,
): Promise<void> {
  const room = Buffer.allocUnsafeSlow(READ);
  for (let before = -1; !isEnough() && known.upTo > before; ) {
    signal?.throwIfAborted();
    before = known.upTo;
    await known.grow(source, async ({ upTo, value: { lines, marks } }) => {
      const bytes = await readLogAt(source, upTo, READ - (upTo % READ), room);
      let counted = lines;
      for (let at = 0; at < bytes.length; ) {
        const end = Math.min(bytes.length, at + STEP - ((upTo + at) % STEP));
        counted += newlines(bytes.subarray(at, end));
        if ((upTo + end) % STEP === 0) marks[(upTo + end) / STEP] = counted;
        at = end;
      }
      return { upTo: upTo + bytes.length, value: { lines: counted, marks } };
    });
  }
}

function newlines(bytes: Buffer): number {
  let count = 0;
  for (let at = bytes.indexOf(10); at >= 0; at = bytes.indexOf(10, at + 1)) count += 1;
  return count;
}

function lastBelow(marks: readonly number[], lines: number): number {
  let low = 0;
  for (let high = marks.length - 1; low < high; ) {
    const middle = Math.ceil((low + high) / 2);
    if ((marks[middle] ?? 0) < lines) low = middle;
    else high = middle - 1;
  }
  return low;
}
