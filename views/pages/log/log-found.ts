import type { LogLine } from "../../../core/log-reader/lines.ts";
import { counted, size } from "../../format/figures.ts";
import { html, type View } from "../../html.ts";
import { noMatch } from "../../parts/verdict.ts";
import { logLines } from "./log-lines.ts";

/** Lines that were found; `next` is where to go on, `searched` how far was searched, in bytes. */
export interface FoundView {
  lines: readonly LogLine[];
  count: number;
  next?: number;
  searched: number;
}

/** What of a log's page its search needs. */
export interface SearchedLog {
  wanted: { text: string; level: "" | "error" | "warn" };
  wraps: boolean;
  to(change: Readonly<Record<string, string | undefined>>): string;
  file?: { size: number; modified: string };
}

/** What was found in a log so far. The number of each line leads to its place among its neighbours. */
export function foundBody({ to, wanted, wraps, file }: SearchedLog, { lines, count, next, searched }: FoundView): View {
  const total = size(file?.size ?? 0);
  const matches = wanted.text ? counted(count, "match", "matches") : counted(count, "line");
  const goOn = next !== undefined && to({ after: String(next), seen: String(count) });
  if (count === 0 && !goOn) return noMatch("lines", to({ find: undefined, level: undefined }));
  return html`<p class="log-foot" role="status">${goOn ? html`${matches} so far · searched ${size(searched)} of ${total} · <a href="${goOn}">Go on</a>` : html`${matches} · searched all of ${total}`}</p>
<div class="log viewer${!wraps && " wide"}" id="log" role="region" aria-label="Lines that were found" tabindex="0" hx-ignore><div><ol class="apart">${logLines(lines, { href: to({}), find: wanted.text })}</ol>
${goOn && html`<p class="edge"><a href="${goOn}">Go on</a></p>`}</div></div>`;
}
