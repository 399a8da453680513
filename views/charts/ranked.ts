import { group } from "../format/figures.ts";
import { html, type Part, type View } from "../html.ts";

/** A thing among others, and how often it was met. */
export interface Ranked {
  label: string;
  value: number;
  href?: string;
  remark?: Part;
}

const WIDTH = 100;

/** Bars beneath each other, the longest first, each with its name and its figure in words. */
export function ranked(title: string, all: readonly Ranked[], none: string): View {
  const most = Math.max(1, ...all.map(({ value }) => value));
  const one = ({ label, value, href, remark }: Ranked) => {
    const name = label || "(none)";
    const shown = href ? html`<a href="${href}">${name}</a>` : name;
    const long = Math.max(0.5, (value / most) * WIDTH).toFixed(1);
    return html`<li><span class="name">${shown}</span><span class="figure">${group(value)}</span><svg viewBox="0 0 ${WIDTH} 4" preserveAspectRatio="none" aria-hidden="true"><rect x="0" y="0" width="${long}" height="4"/></svg>${remark && html`<small class="soft">${remark}</small>`}</li>`;
  };
  const list = all.length === 0 ? html`<p class="soft">${none}</p>` : html`<ol class="ranked">${all.map(one)}</ol>`;
  return html`<figure class="plot"><figcaption>${title}</figcaption>${list}</figure>`;
}
