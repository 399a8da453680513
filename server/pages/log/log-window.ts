import { type LogLine, type LogWindow, lastWindow, lineToOffset, windowAt } from "../../../core/log-reader/window.ts";
import type { OpenedFile } from "../../../core/store/served.ts";
import { group } from "../../../views/format/figures.ts";
import { eventText } from "../jobs/event-text.ts";
import { numberIn, type RequestedLog } from "./log-file.ts";

/** The part of a log that an address asks for. */
export interface AskedWindow extends LogWindow {
  /** The offset of the line that was asked for. */
  mark?: number;
  /** Why another part is shown than the one that was asked for. */
  notice?: string;
  /** It is read from its end. */
  fromEnd: boolean;
}

const ABOVE = 60;
const BELOW = 440;

/** A part of a log by `?line=`, `?at=`, `?from=` or `?before=`; without any of them, its end. */
export async function askedWindow(file: OpenedFile, asked: RequestedLog, query: URLSearchParams): Promise<AskedWindow> {
  const { growing } = asked;
  const line = numberIn(query, "line");
  const mark = line === undefined ? numberIn(query, "at") : await lineToOffset(file, line);
  if (mark !== undefined && mark < Math.max(1, file.size)) return readable(asked, await around(file, mark, growing));
  const from = numberIn(query, "from");
  const before = numberIn(query, "before");
  if (from !== undefined) return readable(asked, { ...(await windowAt(file, { from, growing })), fromEnd: false });
  if (before !== undefined) return readable(asked, { ...(await windowAt(file, { before, growing })), fromEnd: true });
  const notice = line !== undefined && `The log has no line ${group(line)} so far: this is its end.`;
  return readable(asked, { ...(await lastWindow(file, { growing })), fromEnd: true, ...(notice && { notice }) });
}

/** The lines as they are shown: an event as a sentence, a line of a log as it is. */
export function readableLines({ view }: Pick<RequestedLog, "view">, lines: readonly LogLine[]): LogLine[] {
  return view === "events" ? lines.map(line => ({ ...line, text: eventText(line) })) : [...lines];
}

async function around(file: OpenedFile, offset: number, growing: boolean): Promise<AskedWindow> {
  // What is asked for may lie in the middle of a line, which is meant then.
  const { start: mark } = await windowAt(file, { before: offset + 1, lines: 1, growing });
  const above = await windowAt(file, { before: mark, lines: ABOVE, maxBytes: 256 * 1024, growing });
  const below = await windowAt(file, { from: mark, lines: BELOW, growing });
  const first = above.lines.length > 0 ? above.firstLine : below.firstLine;
  return {
    ...below,
    lines: [...above.lines, ...below.lines],
    start: above.start,
    atStart: above.atStart,
    ...(first !== undefined && { firstLine: first }),
    mark,
    fromEnd: false,
  };
}

function readable(asked: RequestedLog, window: AskedWindow): AskedWindow {
  return { ...window, lines: readableLines(asked, window.lines) };
}
