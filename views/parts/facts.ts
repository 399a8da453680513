import { html, type Part, type View } from "../html.ts";

/** Facts by name, in a row that wraps. Those without a value are left out. */
export function facts(pairs: readonly (readonly [name: string, value: Part])[]): View {
  const told = pairs.filter(([, value]) => value !== undefined && value !== "" && value !== false);
  return html`<dl class="facts">${told.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>`;
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
