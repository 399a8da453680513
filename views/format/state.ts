import { html, type View } from "../html.ts";

/** Every state that a page shows, with its symbol, its word and its colour (by class). The one place that knows them. */
export const LOOKS = {
  queued: { symbol: "○", word: "Queued", look: "wait" },
  running: { symbol: "●", word: "Running", look: "run" },
  succeeded: { symbol: "✓", word: "Succeeded", look: "good" },
  failed: { symbol: "✕", word: "Failed", look: "bad" },
  cancelled: { symbol: "⊘", word: "Cancelled", look: "soft" },
  skipped: { symbol: "–", word: "Skipped", look: "soft" },
  rejected: { symbol: "✕", word: "Rejected", look: "bad" },
  pending: { symbol: "○", word: "Pending", look: "wait" },
  healthy: { symbol: "✓", word: "Answers", look: "good" },
  unavailable: { symbol: "✕", word: "Does not answer", look: "bad" },
  warning: { symbol: "!", word: "Look here", look: "wait" },
} as const;

export type ShownState = keyof typeof LOOKS;

/** A state as symbol, word and colour: never colour alone. */
export function state(shown: ShownState, word: string = LOOKS[shown].word): View {
  const { symbol, look } = LOOKS[shown];
  return html`<span class="state ${look}"><span class="sign" aria-hidden="true">${symbol}</span>${word}</span>`;
}

/** What the words of a proof promise, for the foot of every list that has some. */
export function proofHelp(): View {
  return html`<p class="soft inside-line"><strong>equal</strong>: the target was read back, and its row count and row hashes are the source's. <strong>agrees</strong>: Snowflake answers with the same row count, null counts and smallest and largest values. <strong>not checked</strong>: nothing was compared.</p>`;
}

/** A proof's verdict; nothing where nothing was to prove. */
export function proof(verdict: string | undefined, href?: string): View {
  if (!verdict) return html``;
  const look = verdict === "differs" ? "bad" : verdict === "not checked" ? "soft" : "good";
  const sign = verdict === "differs" ? "≠" : verdict === "not checked" ? "–" : "=";
  const inner = html`<span class="sign" aria-hidden="true">${sign}</span>${verdict}`;
  return href
    ? html`<a class="state ${look}" href="${href}">${inner}</a>`
    : html`<span class="state ${look}">${inner}</span>`;
}
