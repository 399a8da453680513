import { html, type View } from "./html.ts";

/** The levels of log lines, the worst first, each with its symbol, its word and its colour (by class). */
export const LEVEL_LOOKS = {
  critical: { symbol: "‼", word: "Critical" },
  error: { symbol: "✕", word: "Error" },
  warn: { symbol: "!", word: "Warning" },
  info: { symbol: "·", word: "Info" },
  debug: { symbol: "–", word: "Debug" },
} as const;

export type ShownLevel = keyof typeof LEVEL_LOOKS;

/** All of them, the worst first. */
export const SHOWN_LEVELS = Object.keys(LEVEL_LOOKS) as ShownLevel[];

/** Whether a text names a level. */
export function isLevel(text: string | null | undefined): text is ShownLevel {
  return typeof text === "string" && Object.hasOwn(LEVEL_LOOKS, text);
}

/** A level as symbol, word and colour; one that is not known says so. */
export function level(shown: string | null | undefined, word?: string): View {
  if (!isLevel(shown)) return html`<span class="soft">${word ?? "no level"}</span>`;
  const { symbol, word: own } = LEVEL_LOOKS[shown];
  return html`<span class="state level ${shown}"><span class="sign" aria-hidden="true">${symbol}</span>${word ?? own}</span>`;
}
