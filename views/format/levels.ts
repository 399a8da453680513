import { LEVELS, type ParsedLevel } from "../../core/log-reader/levels.ts";
import { html, type View } from "../html.ts";

/** The levels of log lines, each with its symbol, its word and its colour (by class). */
export const LEVEL_LOOKS = {
  critical: { symbol: "‼", word: "Critical" },
  error: { symbol: "✕", word: "Error" },
  warn: { symbol: "!", word: "Warning" },
  info: { symbol: "·", word: "Info" },
  debug: { symbol: "–", word: "Debug" },
  unknown: { symbol: "?", word: "Unknown" },
} as const satisfies Record<ParsedLevel, object>;

/** All of them, the worst first. */
export const SHOWN_LEVELS: readonly ParsedLevel[] = LEVELS.toReversed();

/** Whether a text names a level. */
export function isLevel(text: string | null | undefined): text is ParsedLevel {
  return typeof text === "string" && Object.hasOwn(LEVEL_LOOKS, text);
}

/** A level as symbol, word and colour; one that is not known says so. */
export function level(shown: string | null | undefined, word?: string): View {
  if (!isLevel(shown)) return html`<span class="soft">${word ?? "no level"}</span>`;
  const { symbol, word: own } = LEVEL_LOOKS[shown];
  return html`<span class="state level ${shown}"><span class="sign" aria-hidden="true">${symbol}</span>${word ?? own}</span>`;
}
