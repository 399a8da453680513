import { group } from "../format/figures.ts";
import { html, type Part, type View } from "../html.ts";

/** Facts by name, in a row that wraps. Those without a value are left out. */
export function facts(pairs: readonly (readonly [name: string, value: Part])[]): View {
  const description = pairs.filter(([, value]) => value !== undefined && value !== "" && value !== false);
  return html`<dl class="facts">${description.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>`;
}

/** A strip of key figures: a number, what it counts, and a remark. */
export function strip(cells: readonly { figure: Part; what: Part; remark?: Part; wide?: boolean }[]): View {
  return html`<div class="strip">${cells.map(
    ({ figure, what, remark, wide }) =>
      html`<div${wide && html` class="wide"`}><strong>${figure}</strong><span>${what}</span>${remark && html`<small>${remark}</small>`}</div>`,
  )}</div>`;
}

/** Text to copy: a command, a file, an id. A button copies it where a script runs. */
export function copyable(text: string, label: string): View {
  return html`<div class="copyable"><pre tabindex="0" aria-label="${label}"><code>${text}</code></pre><button class="button" type="button" data-copy hidden>Copy</button></div>`;
}

/** How far something is, with numbers: a bar where the total is known, else only the words. */
export function progress(label: string, done: number | undefined, total: number | undefined, words: Part): View {
  if (done === undefined || !total) return html`<small class="soft">${words}</small>`;
  return html`<progress max="${total}" value="${Math.min(done, total)}" aria-label="${label}"></progress><small class="soft">${words}</small>`;
}

/** `412 of 1,000 tasks, 41%`. */
export function progressShare(done: number, total: number, what: string): string {
  return `${group(done)} of ${group(total)} ${what}, ${Math.floor((100 * done) / Math.max(1, total))}%`;
}
