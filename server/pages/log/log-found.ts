import { ERROR_LEVELS, type LogLevel, WARNING_LEVELS } from "../../../core/log-reader/levels.ts";
import type { LogLine } from "../../../core/log-reader/lines.ts";
import { search } from "../../../core/log-reader/search.ts";
import type { OpenedFile } from "../../../core/store/served.ts";
import { numberIn, type RequestedLog } from "./log-file.ts";
import { readableLines } from "./log-window.ts";

/** What is looked for in a log. */
export interface LogSearch {
  text: string;
  level: "" | "error" | "warn";
}

/** What was found so far, and how far was searched. */
export interface FoundLines {
  lines: LogLine[];
  /** How many were found up to here, with those of the pages before. */
  count: number;
  /** Where to go on; absent when all was searched. */
  next?: number;
  searched: number;
}

// So much is searched while somebody waits for one page.
const AT_ONCE = 256 * 1024 * 1024;
const LINES = 200;

/** What a person looks for, out of an address. */
export function wantedIn(query: URLSearchParams): LogSearch {
  const level = query.get("level") ?? "";
  return { text: (query.get("find") ?? "").slice(0, 1000), level: level === "error" || level === "warn" ? level : "" };
}

/** The levels of a filter: who wants warnings wants errors too. */
export function levelsOf({ level }: LogSearch): ReadonlySet<LogLevel> | undefined {
  return level === "" ? undefined : level === "error" ? ERROR_LEVELS : WARNING_LEVELS;
}

/** The next lines that match, after `?after=`. */
export async function foundLines(file: OpenedFile, asked: RequestedLog, query: URLSearchParams): Promise<FoundLines> {
  const wanted = wantedIn(query);
  const levels = levelsOf(wanted);
  const { matches, next, end } = await search(file, {
    text: wanted.text,
    ...(levels && { levels }),
    from: numberIn(query, "after") ?? 0,
    limit: LINES,
    maxBytes: AT_ONCE,
    growing: asked.growing,
  });
  return {
    lines: readableLines(asked, matches),
    count: (numberIn(query, "seen") ?? 0) + matches.length,
    ...(next !== undefined && { next }),
    searched: end,
  };
}
