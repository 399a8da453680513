import { group } from "../figures.ts";
import { html, type Part, type View } from "../html.ts";

/** How far something is, with numbers: a bar where the total is known, else only the words. */
export function progress(label: string, done: number | undefined, total: number | undefined, words: Part): View {
  if (done === undefined || !total) return html`<small class="soft">${words}</small>`;
  return html`<progress max="${total}" value="${Math.min(done, total)}" aria-label="${label}"></progress><small class="soft">${words}</small>`;
}

/** `412 of 1,000 tasks, 41%`. */
export function share(done: number, total: number, what: string): string {
  return `${group(done)} of ${group(total)} ${what}, ${Math.floor((100 * done) / Math.max(1, total))}%`;
}
